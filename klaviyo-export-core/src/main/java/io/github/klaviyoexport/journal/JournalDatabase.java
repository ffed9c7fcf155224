package io.github.klaviyoexport.journal;

import io.github.klaviyoexport.internal.jdbc.Transactions;
import io.github.klaviyoexport.internal.jdbc.Transactions.Work;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** The database of a {@link JdbcJournal}, whose failures are told with what to do about them. */
final class JournalDatabase {
  private final Transactions transactions;

  JournalDatabase(Transactions transactions) {
    this.transactions = transactions;
  }

  /** What is done in a transaction when nothing comes of it. */
  interface Action {
    void run(Connection connection) throws SQLException, IOException;
  }

  /** Runs a transaction as {@link #transact} does, without a result. */
  void carryOut(String aim, Action action) throws IOException {
    transact(
        aim,
        connection -> {
          action.run(connection);
          return true;
        });
  }

  /**
   * Runs a transaction.
   *
   * @param aim what it is for, as in "the journal could not ..."
   * @throws FailedException if the database fails
   */
  <T> T transact(String aim, Work<T, IOException> work) throws IOException {
    try {
      return transactions.transact(work);
    } catch (SQLException failure) {
      throw new FailedException(aim, failure);
    }
  }

  /** A transaction that the database did not carry out, or did not say so. */
  static final class FailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean missingTable;
    private final boolean duplicate;
    private final boolean locked;

    FailedException(String aim, SQLException cause) {
      super(
          "The journal could not "
              + aim
              + ", because its database failed (SQL state "
              + cause.getSQLState()
              + ", code "
              + cause.getErrorCode()
              + "): see to the database, then run the export again; it goes on from what is"
              + " written.",
          cause);
      this.missingTable = Transactions.isMissingTable(cause);
      this.duplicate = Transactions.isDuplicate(cause);
      this.locked = Transactions.isLocked(cause);
    }

    /** Returns whether the database has no such table, or does not let us see it. */
    boolean isMissingTable() {
      return missingTable;
    }

    /** Returns whether another transaction, which does not end, has the row. */
    boolean isLocked() {
      return locked;
    }

    /** Returns whether the row is there already. */
    boolean isDuplicate() {
      return duplicate;
    }
  }
}
