package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.keys.SeenIdentifiers;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.ProfileField;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of a list, read page by page to the last.
 *
 * <p>If a page cannot be read, the run stops: half a list tells nothing about the other half.
 */
final class MemberPages {
  private final RunContext run;
  private final Consumer<ListMember> each;
  private final Runnable whenRead;
  private final Fingerprint fingerprint = new Fingerprint(0, 0);
  private final SeenIdentifiers followed = new SeenIdentifiers();

  /**
   * Creates the reading of the list's members.
   *
   * @param each takes each member
   * @param whenRead hears of it when the last was taken
   */
  MemberPages(RunContext run, Consumer<ListMember> each, Runnable whenRead) {
    this.run = run;
    this.each = each;
    this.whenRead = whenRead;
  }

  void begin() {
    page(null);
  }

  private void page(@Nullable URI next) {
    run.klaviyo().members(run.list(), next, this::read);
  }

  private void read(Reply<Page<ListMember>> reply) {
    if (!(reply instanceof Done<Page<ListMember>> done)) {
      run.stop(StopCause.of(reply, run.list()));
      return;
    }
    done.value().items().forEach(each);
    URI next = done.value().next();
    if (next == null) {
      whenRead.run();
    } else if (isNew(next)) {
      page(next);
    } else {
      run.stop(StopCause.membersInCircles());
    }
  }

  private boolean isNew(URI page) {
    return followed.add(fingerprint.of(ProfileField.PROPERTY, page.toString()));
  }
}
