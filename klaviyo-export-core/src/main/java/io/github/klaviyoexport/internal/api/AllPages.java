package io.github.klaviyoexport.internal.api;

import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reading of a listing to its last page, of which one reply is made: the items of all pages, or
 * the first reply that is none of a page.
 *
 * <p>A page may be empty and not be the last. Pages whose links lead in a circle, or on and on, end
 * the reading unanswered.
 */
final class AllPages<T> {
  private final Endpoint endpoint;
  private final int most;
  private final BiConsumer<@Nullable URI, Consumer<Reply<Page<T>>>> pages;
  private final Consumer<Reply<List<T>>> then;
  private final List<T> items = new ArrayList<>();
  private final Set<URI> followed = new HashSet<>();

  private AllPages(
      Endpoint endpoint,
      int most,
      BiConsumer<@Nullable URI, Consumer<Reply<Page<T>>>> pages,
      Consumer<Reply<List<T>>> then) {
    this.endpoint = endpoint;
    this.most = most;
    this.pages = pages;
    this.then = then;
  }

  /**
   * Reads all pages of a listing.
   *
   * @param most how many pages it can have
   * @param pages reads a page by its address, which is {@code null} for the first
   */
  static <T> void read(
      Endpoint endpoint,
      int most,
      BiConsumer<@Nullable URI, Consumer<Reply<Page<T>>>> pages,
      Consumer<Reply<List<T>>> then) {
    new AllPages<>(endpoint, most, pages, then).ask(null);
  }

  private void ask(@Nullable URI page) {
    pages.accept(page, this::answered);
  }

  private void answered(Reply<Page<T>> reply) {
    if (!(reply instanceof Done<Page<T>> done)) {
      then.accept(Reply.notDone(reply));
      return;
    }
    items.addAll(done.value().items());
    URI next = done.value().next();
    if (next == null) {
      then.accept(new Done<>(items));
    } else if (followed.add(next) && followed.size() < most) {
      ask(next);
    } else {
      then.accept(endless());
    }
  }

  private Unanswered<List<T>> endless() {
    KlaviyoException failure =
        new KlaviyoException(
            "The pages of Klaviyo's answer to '"
                + endpoint.words()
                + "' lead in a circle: after "
                + followed.size()
                + " of them there was still another.",
            0,
            null);
    return new Unanswered<>(failure, false, true, OptionalLong.empty());
  }
}
