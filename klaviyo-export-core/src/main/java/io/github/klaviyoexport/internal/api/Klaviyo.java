package io.github.klaviyoexport.internal.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.internal.call.ApiError;
import io.github.klaviyoexport.internal.call.Calls;
import io.github.klaviyoexport.internal.call.Calls.UnusableAnswerException;
import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.ProfileField;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Klaviyo's API, as far as exports and the catalog ask it: the paths, and the reading of the
 * answers.
 *
 * <p>Answers are read tolerantly: what is not known is passed over, what is missing and needed
 * makes the answer unreadable.
 */
public final class Klaviyo {
  private static final String JOBS = "/api/profile-bulk-import-jobs";
  private static final String JOB_FIELDS =
      "?"
          + encoded("fields[profile-bulk-import-job]")
          + "=status,total_count,completed_count,failed_count,created_at,completed_at";
  private static final String LIST_FIELDS = encoded("fields[list]") + "=name,opt_in_process";
  private static final String LIST_COUNT =
      "?"
          + encoded("additional-fields[list]")
          + "=profile_count&"
          + encoded("fields[list]")
          + "=profile_count";
  private static final String LISTS = "/api/lists?" + LIST_FIELDS;
  private static final String MEMBER_FIELDS =
      "?" + encoded("fields[profile]") + "=email,phone_number,external_id,joined_group_at";
  private static final String PROFILES = "/api/profiles?" + encoded("fields[profile]") + "=email";
  private static final String PAGE = "&" + encoded("page[size]") + "=";
  private static final int LARGE_PAGE = 100;

  /** Ids are opaque, and have to fit into an address; those seen have 44 characters at most. */
  private static final int LONGEST_ID = 1_000;

  /** As many items as fit into an answer however large each is. */
  private static final int SMALL_PAGE = 10;

  private static final String PAGE_SIZE = PAGE + LARGE_PAGE;

  /** A query names as many identifiers as fit on a page; few are of more than one profile. */
  private static final int MOST_PAGES_OF_A_QUERY = 100;

  /** Ten lists are on a page. */
  private static final int MOST_PAGES_OF_LISTS = 10_000;

  private final Calls calls;

  /** The first page of jobs, which is asked for again and again. */
  private final URI newestJobs;

  /** Creates the API over the given calls. */
  public Klaviyo(Calls calls) {
    this.calls = calls;
    this.newestJobs = calls.address(JOBS + JOB_FIELDS + "&sort=-created_at" + PAGE_SIZE);
  }

  /** Returns the calls through which it asks, which know what they have cost. */
  public Calls calls() {
    return calls;
  }

  /** Reads the account that the key belongs to. */
  public void account(Consumer<Reply<AccountInfo>> then) {
    calls.get(
        Endpoint.GET_ACCOUNT, "/api/accounts", body -> account(body.path("data").path(0)), then);
  }

  /**
   * Reads a list: its reply tells whether the key works and the list is there, and what it is
   * called.
   */
  public void findList(ListId list, Consumer<Reply<ListInfo>> then) {
    calls.get(
        Endpoint.GET_LIST, path(list) + "?" + LIST_FIELDS, body -> list(body.path("data")), then);
  }

  /** Reads the first page of all lists. */
  public void lists(Consumer<Reply<Page<ListInfo>>> then) {
    page(Endpoint.FIND_LISTS, LISTS, null, Klaviyo::list, then);
  }

  /** Reads all lists. */
  public void allLists(Consumer<Reply<List<ListInfo>>> then) {
    lists("", then);
  }

  /** Reads the lists of a name: several lists may have one name. */
  public void listsNamed(String name, Consumer<Reply<List<ListInfo>>> then) {
    lists("&filter=" + encoded("equals(name," + quoted(name) + ")"), then);
  }

  private void lists(String filter, Consumer<Reply<List<ListInfo>>> then) {
    AllPages.read(
        Endpoint.FIND_LISTS,
        MOST_PAGES_OF_LISTS,
        (next, page) -> page(Endpoint.FIND_LISTS, LISTS + filter, next, Klaviyo::list, page),
        then);
  }

  /**
   * Makes a list; tries once, since a second attempt after a lost answer would make a second list.
   *
   * @param process its opt-in process; {@code null} for the account's
   */
  public void createList(
      String name, @Nullable OptInProcess process, Consumer<Reply<ListInfo>> then) {
    calls.post(
        Endpoint.CREATE_LIST,
        LISTS,
        List.of(ListInfo.creation(name, process)),
        1,
        answer -> list(answer.path("data")),
        () -> {},
        then);
  }

  /**
   * Reads a page of a list's members, in the order in which they joined: their ids and identifiers.
   *
   * @param next the page's address, or {@code null} for the first
   */
  public void members(ListId list, @Nullable URI next, Consumer<Reply<Page<ListMember>>> then) {
    if (next == null) {
      membersJoined(list, null, null, then);
    } else {
      page(Endpoint.GET_MEMBERS, "", next, Klaviyo::member, then);
    }
  }

  /**
   * Reads the first page of a list's members that joined in a range of time, in the order in which
   * they joined: their ids and identifiers.
   *
   * @param from the first moment of the range, or {@code null} for the first of all members
   * @param before the moment behind the last, or {@code null} for the last of all members
   */
  public void membersJoined(
      ListId list,
      @Nullable Instant from,
      @Nullable Instant before,
      Consumer<Reply<Page<ListMember>>> then) {
    List<String> conditions = new ArrayList<>();
    if (from != null) {
      conditions.add("greater-or-equal(joined_group_at," + from + ")");
    }
    if (before != null) {
      conditions.add("less-than(joined_group_at," + before + ")");
    }
    String filter = conditions.isEmpty() ? "" : "&filter=" + encoded(String.join(",", conditions));
    firstMembers(list, filter + "&sort=joined_group_at" + PAGE_SIZE, then);
  }

  /** Reads who was the last to join a list, on a page by itself. */
  public void newestMember(ListId list, Consumer<Reply<Page<ListMember>>> then) {
    firstMembers(list, "&sort=-joined_group_at" + PAGE + 1, then);
  }

  /**
   * Reads the members of a list that have one of these identifiers, be it one that they do not
   * show.
   */
  public void membersWith(
      ListId list, AddressQuery identifiers, Consumer<Reply<List<ListMember>>> then) {
    String first =
        path(list) + "/profiles" + MEMBER_FIELDS + "&filter=" + encoded(identifiers.filter());
    // To pass over one that cannot be read is to take a member for one that is gone.
    wholly(Endpoint.GET_MEMBERS, first, Klaviyo::member, then);
  }

  /**
   * Reads how many members a list has: a call that has a quota of its own, 15 a minute. It gives up
   * soon if it fails, since members can be read one by one.
   */
  public void countMembers(ListId list, Consumer<Reply<Long>> then) {
    calls.get(
        Endpoint.COUNT_MEMBERS,
        calls.address(path(list) + LIST_COUNT),
        Calls.TRIAL_ATTEMPTS,
        body -> {
          JsonNode count = body.path("data").path("attributes").path("profile_count");
          return count.isIntegralNumber() && count.canConvertToLong() && count.asLong() >= 0
              ? count.asLong()
              : null;
        },
        then);
  }

  private void firstMembers(ListId list, String which, Consumer<Reply<Page<ListMember>>> then) {
    String first = path(list) + "/profiles" + MEMBER_FIELDS + which;
    page(Endpoint.GET_MEMBERS, first, null, Klaviyo::member, then);
  }

  /**
   * Reads the ids of the profiles that have one of these email addresses, be it one that they do
   * not show.
   */
  public void profilesOf(AddressQuery addresses, Consumer<Reply<List<String>>> then) {
    // To pass over one that cannot be read is to take a customer for a leaver.
    wholly(
        Endpoint.FIND_PROFILES,
        PROFILES + "&filter=" + encoded(addresses.filter()),
        data -> id(data, "profile"),
        then);
  }

  /** Reads the profiles that have an identifier, with all that they are known by. */
  public void profilesOf(CustomerIdentifier customer, Consumer<Reply<List<ListMember>>> then) {
    String filter = "equals(" + name(customer.kind()) + "," + quoted(customer.value()) + ")";
    String fields = encoded("fields[profile]") + "=email,phone_number,external_id";
    // To pass over one that cannot be read is to leave a profile that was to be erased.
    wholly(
        Endpoint.FIND_PROFILES,
        "/api/profiles?" + fields + "&filter=" + encoded(filter),
        Klaviyo::member,
        then);
  }

  /** Reads the few that have some identifiers: all of them, or none is known. */
  private <T> void wholly(
      Endpoint endpoint,
      String which,
      Function<JsonNode, @Nullable T> item,
      Consumer<Reply<List<T>>> then) {
    URI first = calls.address(which + PAGE_SIZE);
    AllPages.read(
        endpoint,
        MOST_PAGES_OF_A_QUERY,
        (next, page) ->
            calls.get(endpoint, next == null ? first : next, body -> page(body, item, false), page),
        then);
  }

  /**
   * Has the profile of a customer deleted, which Klaviyo does later. To ask for it twice does no
   * harm.
   *
   * @param customer not by an external id, which Klaviyo does not take here
   */
  public void deleteProfile(CustomerIdentifier customer, Consumer<Reply<Boolean>> then) {
    Calls.Reader<Boolean> reader =
        new Calls.Reader<>() {
          @Override
          public Boolean read(JsonNode answer) {
            return true;
          }

          @Override
          public void recover(Consumer<@Nullable Boolean> accepted) {
            // It is 202 without a body.
            accepted.accept(true);
          }
        };
    calls.post(
        Endpoint.DELETE_PROFILE,
        "/api/data-privacy-deletion-jobs",
        List.of(ListMember.deleting(name(customer.kind()), customer.value())),
        Calls.MAX_ATTEMPTS,
        reader,
        () -> {},
        then);
  }

  private static String name(CustomerIdentifier.Kind kind) {
    return switch (kind) {
      case EMAIL -> "email";
      case PHONE_NUMBER -> "phone_number";
      case EXTERNAL_ID -> "external_id";
      case PROFILE_ID -> "id";
    };
  }

  /**
   * Removes members from a list. The profiles stay, and so does their consent.
   *
   * @param ids Klaviyo's ids of them, at most {@link ListMember#MAX_REMOVED_AT_ONCE}
   * @param inDoubt runs after each attempt that may have removed them without Klaviyo saying so
   * @param then takes how many were removed
   */
  public void removeMembers(
      ListId list, List<String> ids, Runnable inDoubt, Consumer<Reply<Integer>> then) {
    calls.delete(
        Endpoint.REMOVE_MEMBERS,
        path(list) + "/relationships/profiles",
        List.of(ListMember.naming(ids)),
        answer -> answer.isMissingNode() ? ids.size() : null,
        inDoubt,
        then);
  }

  private static String path(ListId list) {
    return "/api/lists/" + encoded(list.value());
  }

  /**
   * Sends a batch, of which Klaviyo makes a job.
   *
   * @param attempts how often at most, if it fails each time
   * @param inDoubt runs after each attempt that may have made a job without Klaviyo saying so
   * @param lost looks for the job when Klaviyo has made one and does not say which, and passes it
   *     on, or {@code null} to have the batch sent again
   */
  public void importProfiles(
      List<ByteBuffer> body,
      int attempts,
      Runnable inDoubt,
      Consumer<Consumer<@Nullable ImportJob>> lost,
      Consumer<Reply<ImportJob>> then) {
    Calls.Reader<ImportJob> reader =
        new Calls.Reader<>() {
          @Override
          public @Nullable ImportJob read(JsonNode answer) {
            return job(answer.path("data"));
          }

          @Override
          public void recover(Consumer<@Nullable ImportJob> found) {
            lost.accept(found);
          }
        };
    calls.post(Endpoint.IMPORT_PROFILES, JOBS, body, attempts, reader, inDoubt, then);
  }

  /**
   * Reads a page of the account's import jobs, the newest first; gives up soon if it fails, since
   * jobs can be asked for one by one.
   *
   * @param next the page's address, or {@code null} for the first
   */
  public void jobs(@Nullable URI next, Consumer<Reply<Page<ImportJob>>> then) {
    tryPage(Endpoint.LIST_JOBS, next == null ? newestJobs : next, Klaviyo::job, then);
  }

  /**
   * Reads a page of the account's import jobs that have not ended.
   *
   * @param next the page's address, or {@code null} for the first
   */
  public void runningJobs(@Nullable URI next, Consumer<Reply<Page<ImportJob>>> then) {
    String running = encoded("any(status,[\"queued\",\"processing\"])");
    String first = JOBS + JOB_FIELDS + "&filter=" + running + "&sort=-created_at" + PAGE_SIZE;
    page(Endpoint.LIST_JOBS, first, next, Klaviyo::job, then);
  }

  /** Reads one import job; gives up soon if it fails, since it will be asked for again. */
  public void job(String id, Consumer<Reply<ImportJob>> then) {
    calls.get(
        Endpoint.GET_JOB,
        calls.address(JOBS + "/" + encoded(id) + JOB_FIELDS),
        Calls.TRIAL_ATTEMPTS,
        body -> jobOfId(body.path("data"), id),
        then);
  }

  /**
   * Reads a page of the profiles that a job could not import; gives up soon if it fails, since it
   * will be asked for again.
   *
   * @param small whether few are to be on a page: each repeats a whole profile, so that many can be
   *     more than is read of an answer
   * @param next the page's address, or {@code null} for the first
   */
  public void importErrors(
      String jobId, boolean small, @Nullable URI next, Consumer<Reply<Page<ImportError>>> then) {
    String size = PAGE.substring(1) + (small ? SMALL_PAGE : LARGE_PAGE);
    URI first = calls.address(JOBS + "/" + encoded(jobId) + "/import-errors?" + size);
    tryPage(Endpoint.IMPORT_ERRORS, next == null ? first : next, Klaviyo::importError, then);
  }

  private <T> void page(
      Endpoint endpoint,
      String first,
      @Nullable URI next,
      Function<JsonNode, @Nullable T> item,
      Consumer<Reply<Page<T>>> then) {
    URI uri = next == null ? calls.address(first) : next;
    calls.get(endpoint, uri, body -> page(body, item, true), then);
  }

  /** Reads a page; gives up soon if that fails. */
  private <T> void tryPage(
      Endpoint endpoint,
      URI uri,
      Function<JsonNode, @Nullable T> item,
      Consumer<Reply<Page<T>>> then) {
    calls.get(endpoint, uri, Calls.TRIAL_ATTEMPTS, body -> page(body, item, true), then);
  }

  /**
   * Reads a page.
   *
   * @param tolerant whether an item that cannot be read is passed over, instead of the whole page
   */
  private <T> @Nullable Page<T> page(
      JsonNode body, Function<JsonNode, @Nullable T> read, boolean tolerant) {
    if (!body.path("data").isArray()) {
      return null;
    }
    List<T> items = new ArrayList<>();
    for (JsonNode node : body.path("data")) {
      T item = read.apply(node);
      if (item != null) {
        items.add(item);
      } else if (!tolerant) {
        return null;
      }
    }
    String next = body.path("links").path("next").asText("");
    return new Page<>(items, next.isEmpty() || next.equals("null") ? null : followable(next));
  }

  /** Returns where a link is followed; only to where the key belongs. */
  private URI followable(String link) {
    URI uri;
    try {
      uri = calls.followable(URI.create(link));
    } catch (IllegalArgumentException noAddress) {
      throw new UnusableAnswerException("its link to the next page is no address");
    }
    if (uri == null) {
      throw new UnusableAnswerException(
          "its link to the next page leads to another host, where the key must not go");
    }
    return uri;
  }

  /** Reads the id of a resource, if it is of that type: a gateway's JSON may have ids as well. */
  private static @Nullable String id(JsonNode data, String type) {
    String id = data.path("id").asText("");
    boolean fits = !id.isEmpty() && id.length() <= LONGEST_ID;
    return fits && data.path("type").asText("").equals(type) ? id : null;
  }

  private static @Nullable AccountInfo account(JsonNode data) {
    String id = id(data, "account");
    JsonNode attributes = data.path("attributes");
    JsonNode test = attributes.path("test_account");
    return id == null
        ? null
        : new AccountInfo(
            id,
            text(attributes.path("contact_information").path("organization_name")),
            text(attributes.path("timezone")),
            test.isBoolean() ? test.asBoolean() : null);
  }

  private static @Nullable ListInfo list(JsonNode data) {
    String id = id(data, "list");
    JsonNode attributes = data.path("attributes");
    return id == null
        ? null
        : new ListInfo(
            id,
            attributes.path("name").asText(""),
            ListInfo.process(attributes.path("opt_in_process").asText("")));
  }

  private static @Nullable String text(JsonNode node) {
    return node.isTextual() && !node.asText().isBlank() ? node.asText() : null;
  }

  private static @Nullable ImportJob job(JsonNode data) {
    String id = id(data, "profile-bulk-import-job");
    JsonNode attributes = data.path("attributes");
    return id == null
        ? null
        : new ImportJob(
            id,
            attributes.path("status").asText(""),
            count(attributes.path("total_count")),
            completed(attributes),
            count(attributes.path("failed_count")),
            Moment.read(attributes.path("created_at").asText("")),
            Moment.read(attributes.path("completed_at").asText("")));
  }

  /** Reads a job, if it is the one that was asked for. */
  private static @Nullable ImportJob jobOfId(JsonNode data, String id) {
    ImportJob job = job(data);
    return job != null && job.id().equals(id) ? job : null;
  }

  /**
   * Reads how many were imported; an answer that leaves it out and counts failures means the rest.
   */
  private static OptionalLong completed(JsonNode attributes) {
    return !attributes.has("completed_count") && attributes.has("failed_count")
        ? OptionalLong.of(Long.MAX_VALUE)
        : count(attributes.path("completed_count"));
  }

  /** Reads a count; one beyond all bounds is the largest that a job can have, and more. */
  private static OptionalLong count(JsonNode node) {
    if (!node.isIntegralNumber() || node.bigIntegerValue().signum() < 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(node.canConvertToInt() ? node.asLong() : Integer.MAX_VALUE);
  }

  private static @Nullable ListMember member(JsonNode data) {
    String id = id(data, "profile");
    JsonNode attributes = data.path("attributes");
    List<Identifier> identifiers = new ArrayList<>();
    for (ProfileField kind : Identifier.KINDS) {
      String value = attributes.path(kind.path()).asText("");
      if (!value.isBlank()) {
        identifiers.add(Identifier.of(kind, value));
      }
    }
    return id == null
        ? null
        : new ListMember(
            id, identifiers, Moment.read(attributes.path("joined_group_at").asText("")));
  }

  /**
   * Reads an error, and the identifiers in all places of Klaviyo's copy of the profile where they
   * may be, under all names that they may have there: which it is, is not documented.
   */
  private static ImportError importError(JsonNode data) {
    JsonNode attributes = data.path("attributes");
    JsonNode payload = attributes.path("original_payload");
    JsonNode resource = payload.path("data");
    List<JsonNode> places =
        List.of(payload, payload.path("attributes"), resource, resource.path("attributes"));
    List<Identifier> identifiers = new ArrayList<>();
    for (ProfileField kind : Identifier.KINDS) {
      for (String name : namesIn(kind)) {
        for (JsonNode place : places) {
          String value = place.path(name).asText("");
          if (!value.isBlank()) {
            identifiers.add(Identifier.of(kind, value));
          }
        }
      }
    }
    String pointer = attributes.path("source").path("pointer").asText("");
    int last = pointer.lastIndexOf("attributes/");
    return new ImportError(
        ApiError.word(attributes.path("code")),
        last < 0 ? null : pointer.substring(last + "attributes/".length()),
        identifiers);
  }

  private static List<String> namesIn(ProfileField kind) {
    String name = kind.path();
    // What the sender called external_id has been seen as id.
    return kind == ProfileField.EXTERNAL_ID
        ? List.of(name, "$" + name, "id", "$id")
        : List.of(name, "$" + name);
  }

  /** Returns a text as a value in a filter. */
  static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** Returns a text percent-encoded, as part of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
