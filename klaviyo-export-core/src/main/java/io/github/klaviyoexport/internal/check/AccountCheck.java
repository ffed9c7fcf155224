package io.github.klaviyoexport.internal.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.KlaviyoCheck;
import io.github.klaviyoexport.KlaviyoCheck.Finding;
import io.github.klaviyoexport.KlaviyoCheck.Finding.Kind;
import io.github.klaviyoexport.internal.api.AccountInfo;
import io.github.klaviyoexport.internal.api.AddressQuery;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.api.ImportError;
import io.github.klaviyoexport.internal.api.ImportJob;
import io.github.klaviyoexport.internal.api.Klaviyo;
import io.github.klaviyoexport.internal.api.KlaviyoAccess;
import io.github.klaviyoexport.internal.api.ListInfo;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.api.Page;
import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.call.Reply.Unanswered;
import io.github.klaviyoexport.internal.call.Revision;
import io.github.klaviyoexport.internal.call.WatchedTransport;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoException;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One check of an account: the calls that read, and what their answers are held to. */
public final class AccountCheck {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final KlaviyoAccess klaviyo;
  private final WatchedTransport answers;
  private final Instant at;
  private final List<String> checked = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private boolean reached;
  private boolean over;

  private AccountCheck(KlaviyoAccess klaviyo, WatchedTransport answers) {
    this.klaviyo = klaviyo;
    this.answers = answers;
    this.at = klaviyo.time().now();
  }

  /** Asks Klaviyo through a connection, and tells what was found. */
  public static KlaviyoCheck of(KlaviyoConnection connection, TimeSource time) {
    try (WatchedTransport answers = new WatchedTransport(connection);
        KlaviyoAccess klaviyo = new KlaviyoAccess(connection.transport(answers), time)) {
      return new AccountCheck(klaviyo, answers).check();
    }
  }

  private KlaviyoCheck check() {
    if (Revision.supportEndsSoon(at) != null) {
      found(
          Kind.SUPPORT_ENDS,
          null,
          "Klaviyo's support of revision "
              + Revision.NAME
              + " ends on "
              + Revision.supportEnds()
              + ": use a newer version of this library before.");
    }
    String account = account();
    ListId id = aList();
    if (id != null) {
      this.<ListInfo>ask(
          Endpoint.GET_LIST, "lists:read", (asked, then) -> asked.findList(id, then));
      this.<Long>ask(
          Endpoint.COUNT_MEMBERS, "lists:read", (asked, then) -> asked.countMembers(id, then));
      members(id);
    }
    jobs();
    AddressQuery nobody = new AddressQuery();
    nobody.add("nobody@klaviyo-export.invalid");
    this.<List<String>>ask(
        Endpoint.FIND_PROFILES, "profiles:read", (asked, then) -> asked.profilesOf(nobody, then));
    return new CheckData(
        at, reached, account, Revision.NAME, Revision.supportEnds(), checked, findings);
  }

  private @Nullable String account() {
    AccountInfo account = ask(Endpoint.GET_ACCOUNT, null, Klaviyo::account);
    return account == null ? null : account.id();
  }

  private @Nullable ListId aList() {
    Page<ListInfo> lists = ask(Endpoint.FIND_LISTS, "lists:read", Klaviyo::lists);
    if (lists == null) {
      return null;
    }
    Items found = items(Endpoint.FIND_LISTS);
    found.needs("name", JsonNode::isTextual);
    found.knows("opt_in_process", "single_opt_in", "double_opt_in");
    if (lists.items().isEmpty()) {
      notChecked("The account has no list, so nothing about lists and members could be looked at.");
      return null;
    }
    try {
      return ListId.of(lists.items().get(0).id());
    } catch (IllegalArgumentException other) {
      found(
          Kind.UNREADABLE,
          Endpoint.FIND_LISTS,
          "The ids of lists have another form than this version takes: look for a newer version of"
              + " this library.");
      return null;
    }
  }

  private void members(ListId list) {
    Page<ListMember> members =
        ask(
            Endpoint.GET_MEMBERS,
            "lists:read and profiles:read",
            (asked, then) -> asked.newestMember(list, then));
    if (members == null) {
      return;
    }
    if (members.items().isEmpty()) {
      notChecked("The first list has no member, so no fields of members could be looked at.");
      return;
    }
    Items found = items(Endpoint.GET_MEMBERS);
    found.needsOneOf("email", "phone_number", "external_id");
    found.needs("joined_group_at", Items::isMoment);
  }

  private void jobs() {
    Page<ImportJob> jobs =
        ask(
            Endpoint.LIST_JOBS,
            "lists:read and profiles:read",
            (asked, then) -> asked.jobs(null, then));
    if (jobs == null) {
      return;
    }
    if (jobs.items().isEmpty()) {
      notChecked(
          "The account has no import job of the last seven days, so no states and counts of jobs"
              + " could be looked at.");
      return;
    }
    jobFields(Endpoint.LIST_JOBS);
    String id = jobs.items().get(0).id();
    if (this.<ImportJob>ask(
            Endpoint.GET_JOB, "lists:read and profiles:read", (asked, then) -> asked.job(id, then))
        != null) {
      jobFields(Endpoint.GET_JOB);
    }
    if (this.<Page<ImportError>>ask(
            Endpoint.IMPORT_ERRORS,
            "profiles:read",
            (asked, then) -> asked.importErrors(id, true, null, then))
        != null) {
      items(Endpoint.IMPORT_ERRORS).needs("original_payload", any -> true);
    }
  }

  private void jobFields(Endpoint endpoint) {
    Items found = items(endpoint);
    found.needs("status", JsonNode::isTextual);
    found.knows("status", "queued", "processing", "complete", "cancelled");
    found.needs("total_count", JsonNode::isIntegralNumber);
    found.needs("completed_count", any -> true);
    found.needs("failed_count", any -> true);
    found.needs("created_at", Items::isMoment);
  }

  private Items items(Endpoint endpoint) {
    return new Items(endpoint, answers.json().path("data"), this::found);
  }

  /**
   * Makes a call and looks at its headers.
   *
   * @param scopes what the key needs for it, in words; {@code null} if exports can do without
   * @return {@code null} if it was not done, which is a finding then
   */
  private <T> @Nullable T ask(
      Endpoint endpoint, @Nullable String scopes, BiConsumer<Klaviyo, Consumer<Reply<T>>> call) {
    if (over) {
      return null;
    }
    Reply<T> reply;
    try {
      reply = klaviyo.ask(PATIENCE, call);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      found(Kind.UNREACHABLE, endpoint, "The thread that checks was interrupted.");
      over = true;
      return null;
    }
    if (reply instanceof Done<T> done) {
      reached = true;
      headers(endpoint);
      checked.add(endpoint.words());
      return done.value();
    }
    if (reply instanceof Refused<T> refused) {
      refused(endpoint, scopes, refused);
    } else if (reply instanceof Unanswered<T> unanswered) {
      unanswered(endpoint, unanswered.failure());
    }
    return null;
  }

  private void headers(Endpoint endpoint) {
    String other = answers.otherQuota(endpoint);
    if (other != null) {
      found(
          Kind.QUOTA,
          endpoint,
          "Klaviyo takes "
              + other
              + ", which is not what this version begins with; exports learn it from the answers.");
    }
    answers
        .header("revision")
        .filter(told -> !told.equals(Revision.NAME))
        .ifPresent(
            told ->
                found(
                    Kind.OTHER_REVISION,
                    endpoint,
                    "Klaviyo answers by another revision than "
                        + Revision.NAME
                        + ": use a newer version of this library."));
    for (String header : List.of("Deprecation", "Sunset")) {
      if (answers.header(header).isPresent()) {
        found(
            Kind.SUPPORT_ENDS,
            endpoint,
            "Klaviyo announces an end of what was asked (header "
                + header
                + "): look for a newer version of this library.");
      }
    }
  }

  private void refused(Endpoint endpoint, @Nullable String scopes, Refused<?> refused) {
    int status = refused.status();
    String advice = Advice.on(refused, null, null).sentence();
    if (status == 401) {
      end(Kind.UNAUTHORIZED, endpoint, advice);
    } else if (status == 410) {
      reached = true;
      end(Kind.REVISION_RETIRED, endpoint, advice);
    } else if (status == 407 || refused.edgeChallenge() || status >= 300 && status < 400) {
      end(Kind.UNREACHABLE, endpoint, advice);
    } else if (status == 403) {
      reached = true;
      if (scopes == null) {
        notChecked(
            "The key lacks accounts:read, which exports do not need: which account it is of"
                + " is not known.");
      } else {
        found(
            Kind.SCOPE_MISSING,
            endpoint,
            "The key lacks " + scopes + " (403): use a key with " + Advice.SCOPES + ".");
      }
    } else {
      reached = true;
      found(Kind.REFUSED, endpoint, String.valueOf(refused.asException().getMessage()));
    }
  }

  private void unanswered(Endpoint endpoint, KlaviyoException failure) {
    if (answers.isDone()) {
      reached = true;
      found(
          Kind.UNREADABLE,
          endpoint,
          "Klaviyo's answer has another form than this version reads: look for a newer version of"
              + " this library, and report it if there is none.");
    } else {
      end(Kind.UNREACHABLE, endpoint, String.valueOf(failure.getMessage()));
    }
  }

  private void end(Kind kind, Endpoint endpoint, String words) {
    over = true;
    found(kind, endpoint, words);
  }

  private void notChecked(String words) {
    found(Kind.NOT_CHECKED, null, words);
  }

  private void found(Kind kind, @Nullable Endpoint endpoint, String words) {
    findings.add(new Finding(kind, endpoint == null ? null : endpoint.words(), words));
  }
}
