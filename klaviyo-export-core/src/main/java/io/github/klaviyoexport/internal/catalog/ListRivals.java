package io.github.klaviyoexport.internal.catalog;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.internal.catalog.store.ConnectionData;
import io.github.klaviyoexport.internal.catalog.store.SavedExportData;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Exports that bring customers into one list and do not agree: a mirror takes out again whom only
 * the other puts there.
 *
 * <p>Two mirrors of one list are refused, unless both remove none but their own members. Beside a
 * mirror, an export that adds and updates segments of its own is warned of. Exports without a
 * connection do not run, and are no rivals.
 */
final class ListRivals {
  private final Repository<SavedExportData> exports;
  private final UsableConnections connections;

  ListRivals(Repository<SavedExportData> exports, UsableConnections connections) {
    this.exports = exports;
    this.connections = connections;
  }

  /**
   * Checks that an export does not mirror a list that another mirrors.
   *
   * @throws CatalogException if it does
   */
  void check(SavedExportData export) {
    String refusal = refusal(export);
    if (refusal != null) {
      throw new CatalogException(Reason.OTHER_MIRROR, refusal);
    }
  }

  /** Returns why an export may not run, since another mirrors its list too; else {@code null}. */
  @Nullable String refusal(SavedExportData export) {
    return refusal(export, exports.list(""));
  }

  private @Nullable String refusal(SavedExportData export, List<SavedExportData> all) {
    if (!removesLeavers(export)) {
      return null;
    }
    for (SavedExportData other : all) {
      if (removesLeavers(other)
          && (mirrors(export) || mirrors(other))
          && shareList(export, other)) {
        return "Export "
            + nameOf(export)
            + " cannot mirror list '"
            + export.listName()
            + "' ("
            + export.list()
            + "), because export "
            + other.words()
            + (mirrors(export) && mirrors(other)
                ? " mirrors it already: each would take out the customers of the other. Choose"
                    + " another list for one of them, or put the segments of both into one export."
                : " shares it, and one of the two takes all members for its own: have both remove"
                    + " none but their own, or choose another list for one of them.");
      }
    }
    return null;
  }

  /** Returns what is to be known of an export beside others; {@code null} if nothing is. */
  @Nullable String warning(SavedExportData export) {
    return warning(export, exports.list(""));
  }

  /** Returns the exports, with what is to be known of them beside each other. */
  List<SavedExportData> marked(List<SavedExportData> all) {
    List<SavedExportData> marked = new ArrayList<>();
    for (SavedExportData export : all) {
      marked.add(export.warning(warning(export, all)));
    }
    return marked;
  }

  private @Nullable String warning(SavedExportData export, List<SavedExportData> all) {
    String refusal = refusal(export, all);
    if (refusal != null) {
      return refusal;
    }
    for (SavedExportData other : all) {
      if (mirrors(export) != mirrors(other)
          && shareList(export, other)
          && (mirrors(export) ? addsOthers(other, export) : addsOthers(export, other))) {
        return mirrors(export)
            ? "Export "
                + other.words()
                + " brings customers of other segments to the same list, and this mirror takes them"
                + " out again: choose another list for one of the two, or put the segments of both"
                + " into this one."
            : "Export "
                + other.words()
                + " mirrors the same list, and takes out again whom only this export brings there:"
                + " choose another list for one of the two, or put the segments of both into that"
                + " one.";
      }
    }
    return null;
  }

  private static boolean removesLeavers(SavedExportData export) {
    return export.definition().mode().removesLeavers();
  }

  private static boolean mirrors(SavedExportData export) {
    return export.definition().mode() == SyncMode.MIRROR;
  }

  private static boolean addsOthers(SavedExportData adding, SavedExportData mirror) {
    return !mirror.definition().segments().containsAll(adding.definition().segments());
  }

  private static String nameOf(SavedExportData export) {
    return export.version() == 0 ? "'" + export.name() + "'" : export.words();
  }

  private boolean shareList(SavedExportData export, SavedExportData other) {
    String mine = export.definition().connection();
    String others = other.definition().connection();
    return mine != null
        && others != null
        && !other.id().equals(export.id())
        && other.list().equals(export.list())
        && (mine.equals(others) || mayShareAccount(account(mine), account(others)));
  }

  /** Returns whether two accounts may be one: ids of lists are as good as unique among them all. */
  private static boolean mayShareAccount(@Nullable String mine, @Nullable String others) {
    return mine == null || others == null || Objects.equals(mine, others);
  }

  private @Nullable String account(String connection) {
    try {
      ConnectionData found = connections.findOrNull(connection);
      Connection.Account account = found == null ? null : found.account();
      return account == null ? null : account.id();
    } catch (CatalogException unreadable) {
      return null;
    }
  }
}
