package io.github.klaviyoexport.internal.jdbc;

import io.github.klaviyoexport.internal.jdbc.Transactions.Work;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** The database of a store, whose failures are told with what to do about them. */
public final class StoreDatabase {
  private final Transactions transactions;
  private final String store;

  /**
   * Creates the database of a store.
   *
   * @param store what failures call it, as in "the journal could not ..."
   */
  public StoreDatabase(Transactions transactions, String store) {
    this.transactions = transactions;
    this.store = store;
  }

  /** Returns what failures call the store. */
  public String store() {
    return store;
  }

  /** What is done in a transaction when nothing comes of it. */
  public interface Action {
    /** Does it. */
    void run(Connection connection) throws SQLException, IOException;
  }

  /** Runs a transaction as {@link #transact} does, without a result. */
  public void carryOut(String aim, Action action) throws IOException {
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
  public <T> T transact(String aim, Work<T, IOException> work) throws IOException {
    try {
      return transactions.transact(work);
    } catch (SQLException failure) {
      throw new FailedException(store, aim, failure);
    }
  }

  /** A transaction that the database did not carry out, or did not say so. */
  public static final class FailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean missingTable;
    private final boolean duplicate;
    private final boolean locked;
    private final boolean conflict;

    FailedException(String store, String aim, SQLException cause) {
      super(
          "The "
              + store
              + " could not "
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
      this.conflict = Transactions.isConflict(cause);
    }

    /** Returns whether the database has no such table, or does not let us see it. */
    public boolean isMissingTable() {
      return missingTable;
    }

    /** Returns whether it met another transaction and may go through if it is run again. */
    public boolean isConflict() {
      return conflict;
    }

    /** Returns whether another transaction, which does not end, has the row. */
    public boolean isLocked() {
      return locked;
    }

    /** Returns whether the row is there already. */
    public boolean isDuplicate() {
      return duplicate;
    }
  }
}
