package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.klaviyo.ListName;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One look for the lists of a name: at those that Klaviyo finds by its filter, and if none is among
 * them, at all lists of the account.
 *
 * <p>Names are compared here, too: whether Klaviyo's filter heeds upper and lower case, and how it
 * reads a backslash or a quote, is not documented. A list that the filter does not show would else
 * be made a second time.
 */
final class ListLookup {
  private static final int REFUSED_FILTER = 400;

  private final Klaviyo klaviyo;
  private final ListName wanted;
  private final Consumer<Answer> then;
  private final List<ListInfo> found = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final Set<URI> pages = new HashSet<>();
  private boolean all;

  /** What a look came to. */
  sealed interface Answer {}

  /**
   * The lists of the name; none, one or several.
   *
   * @param names what all lists of the account are called, if none was found
   */
  record Found(List<ListInfo> lists, List<String> names) implements Answer {}

  /** The cause why it is not known which lists there are. */
  record NotKnown(StopCause cause) implements Answer {}

  private ListLookup(Klaviyo klaviyo, ListName wanted, Consumer<Answer> then) {
    this.klaviyo = klaviyo;
    this.wanted = wanted;
    this.then = then;
  }

  /** Looks for the lists of a name. */
  static void find(Klaviyo klaviyo, ListName wanted, Consumer<Answer> then) {
    new ListLookup(klaviyo, wanted, then).read(null);
  }

  private void read(@Nullable URI next) {
    if (next != null && !pages.add(next)) {
      then.accept(new NotKnown(inCircles()));
    } else if (all) {
      klaviyo.allLists(next, this::answered);
    } else {
      klaviyo.listsNamed(wanted.name(), next, this::answered);
    }
  }

  private void answered(Reply<Page<ListInfo>> reply) {
    if (reply instanceof Done<Page<ListInfo>> done) {
      take(done.value());
    } else if (!all && reply instanceof Refused<?> refused && refused.status() == REFUSED_FILTER) {
      readAll();
    } else {
      then.accept(new NotKnown(StopCause.of(reply, null)));
    }
  }

  private void take(Page<ListInfo> page) {
    for (ListInfo list : page.items()) {
      // A list that is made or deleted meanwhile moves others from page to page.
      if (wanted.isName(list.name())
          && found.stream().noneMatch(one -> one.id().equals(list.id()))) {
        found.add(list);
      }
      names.add(list.name());
    }
    if (page.next() != null) {
      read(page.next());
    } else if (found.isEmpty() && !all) {
      readAll();
    } else {
      then.accept(new Found(List.copyOf(found), List.copyOf(names)));
    }
  }

  private void readAll() {
    all = true;
    pages.clear();
    names.clear();
    read(null);
  }

  private static StopCause inCircles() {
    return new StopCause(
        Reason.UNAVAILABLE,
        "Klaviyo's pages of the account's lists lead in a circle, so that the list cannot be told:"
            + " run the export again later, or name the list by its id",
        null);
  }
}
