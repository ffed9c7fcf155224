package io.github.klaviyoexport.internal.api;

import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.text.CanonicalText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One look for the lists of a name: at those that Klaviyo finds by its filter, and if none is among
 * them, at all lists of the account.
 *
 * <p>Names are compared here, too: whether Klaviyo's filter heeds upper and lower case, and how it
 * reads a backslash or a quote, is not documented. A list that the filter does not show would else
 * be made a second time.
 */
public final class ListLookup {
  private static final int REFUSED_FILTER = 400;

  private final Klaviyo klaviyo;
  private final String name;
  private final Consumer<Reply<Found>> then;

  /**
   * The lists of the name; none, one or several.
   *
   * @param names what all lists of the account are called, if none was found
   */
  public record Found(List<ListInfo> lists, List<String> names) {}

  private ListLookup(Klaviyo klaviyo, String name, Consumer<Reply<Found>> then) {
    this.klaviyo = klaviyo;
    this.name = name;
    this.then = then;
  }

  /** Looks for the lists of a name. */
  public static void find(Klaviyo klaviyo, String name, Consumer<Reply<Found>> then) {
    ListLookup lookup = new ListLookup(klaviyo, name, then);
    klaviyo.listsNamed(name, lookup::filtered);
  }

  private void filtered(Reply<List<ListInfo>> reply) {
    boolean refused = reply instanceof Refused<?> refusal && refusal.status() == REFUSED_FILTER;
    if (refused || reply instanceof Done<List<ListInfo>> done && found(done).lists().isEmpty()) {
      klaviyo.allLists(this::end);
    } else {
      end(reply);
    }
  }

  private void end(Reply<List<ListInfo>> reply) {
    then.accept(
        reply instanceof Done<List<ListInfo>> done
            ? new Done<>(found(done))
            : Reply.notDone(reply));
  }

  private Found found(Done<List<ListInfo>> lists) {
    // A list that is made or deleted meanwhile moves others from page to page.
    Map<String, ListInfo> found = new LinkedHashMap<>();
    for (ListInfo list : lists.value()) {
      if (CanonicalText.areSame(name, list.name())) {
        found.putIfAbsent(list.id(), list);
      }
    }
    return new Found(
        List.copyOf(found.values()), lists.value().stream().map(ListInfo::name).toList());
  }
}
