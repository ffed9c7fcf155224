package io.github.klaviyoexport.internal.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.RunStatus;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.catalog.Schedule;
import io.github.klaviyoexport.catalog.SecretReference;
import io.github.klaviyoexport.internal.catalog.ExportState.Open;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.source.Segment;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one type of thing is written for a store, and read back.
 *
 * @param <T> the type
 */
public abstract class CatalogFormat<T> {
  static final ObjectMapper MAPPER = new ObjectMapper();

  /** Grows when something is written that earlier versions of the library cannot read. */
  private static final int FORMAT = 1;

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,99}");

  /** Connections, each under a name of its own. */
  public static final CatalogFormat<Connection> CONNECTIONS = new Connections();

  /** Saved exports. */
  public static final CatalogFormat<SavedExport> EXPORTS = new Exports();

  /** Runs. */
  public static final CatalogFormat<RunRecord> RUNS = new Runs();

  /** What is going on. */
  public static final CatalogFormat<ExportState> STATES = new States();

  private final Kind kind;

  private CatalogFormat(Kind kind) {
    this.kind = kind;
  }

  /** An entry that is not what it should be. */
  public static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    private DamagedException(String message) {
      super(message);
    }
  }

  /** Whether a text can be the id of something in the catalog, and so the name of a file. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** What the entries are. */
  public final Kind kind() {
    return kind;
  }

  /** The id. */
  public abstract String id(T value);

  /** The version that is kept. */
  public abstract long version(T value);

  /** The name that no other may have, if there is such. */
  @Nullable String uniqueName(T value) {
    return null;
  }

  abstract void write(T value, ObjectNode to);

  abstract T read(Reader from, String id, long version) throws DamagedException;

  /** The entry that follows the one that is kept. */
  public final Entry next(T value) {
    ObjectNode node = MAPPER.createObjectNode().put("format", FORMAT);
    write(value, node);
    return new Entry(kind, id(value), version(value) + 1, uniqueName(value), node.toString());
  }

  /**
   * The thing that an entry holds.
   *
   * @throws DamagedException if it cannot be read; the message names the place and no content
   * @throws CatalogException if a newer version of the library wrote it
   */
  public final T read(Entry entry) throws DamagedException {
    JsonNode node;
    try {
      node = MAPPER.readTree(entry.json());
    } catch (JsonProcessingException noJson) {
      throw new DamagedException("it is not JSON" + place(noJson));
    }
    if (node == null || !node.isObject() || entry.version() < 1) {
      throw new DamagedException("it is not what the catalog writes");
    }
    if (node.path("format").asInt() > FORMAT) {
      throw new CatalogException(
          CatalogException.Reason.NEWER_FORMAT,
          "The "
              + kind.name().toLowerCase(java.util.Locale.ROOT)
              + " "
              + entry.id()
              + " was written by a newer version of this library: use that version here too.");
    }
    try {
      return read(new Reader(node, ""), entry.id(), entry.version());
    } catch (IllegalArgumentException | NullPointerException invalid) {
      throw new DamagedException("it holds a value that cannot be");
    }
  }

  private static String place(JsonProcessingException failure) {
    return failure.getLocation() == null
        ? ""
        : " from line " + failure.getLocation().getLineNr() + " on";
  }

  /** A JSON object whose members are asked for by name and type. */
  static final class Reader {
    private final JsonNode node;
    private final String path;

    Reader(JsonNode node, String path) {
      this.node = node;
      this.path = path;
    }

    String text(String name) throws DamagedException {
      String text = textOrNull(name);
      if (text == null) {
        throw missing(name);
      }
      return text;
    }

    @Nullable String textOrNull(String name) {
      JsonNode member = node.path(name);
      return member.isTextual() ? member.asText() : null;
    }

    <V> V value(String name, Function<String, V> parse) throws DamagedException {
      V value = valueOrNull(name, parse);
      if (value == null) {
        throw missing(name);
      }
      return value;
    }

    <V> @Nullable V valueOrNull(String name, Function<String, V> parse) throws DamagedException {
      String text = textOrNull(name);
      try {
        return text == null ? null : parse.apply(text);
      } catch (RuntimeException unreadable) {
        throw new DamagedException("its '" + path + name + "' cannot be read");
      }
    }

    Instant time(String name) throws DamagedException {
      return value(name, Instant::parse);
    }

    @Nullable Instant timeOrNull(String name) throws DamagedException {
      return valueOrNull(name, Instant::parse);
    }

    long number(String name) throws DamagedException {
      if (!node.path(name).canConvertToLong() || !node.path(name).isNumber()) {
        throw missing(name);
      }
      return node.path(name).asLong();
    }

    /** A number that documents of before do not have. */
    long numberOr(String name, long otherwise) throws DamagedException {
      return node.has(name) ? number(name) : otherwise;
    }

    double fractionOr(String name, double otherwise) throws DamagedException {
      if (node.has(name) && !node.path(name).isNumber()) {
        throw missing(name);
      }
      return node.path(name).asDouble(otherwise);
    }

    boolean flag(String name) throws DamagedException {
      if (!node.path(name).isBoolean()) {
        throw missing(name);
      }
      return node.path(name).asBoolean();
    }

    @Nullable Boolean flagOrNull(String name) {
      return node.path(name).isBoolean() ? node.path(name).asBoolean() : null;
    }

    Reader object(String name) throws DamagedException {
      Reader object = objectOrNull(name);
      if (object == null) {
        throw missing(name);
      }
      return object;
    }

    @Nullable Reader objectOrNull(String name) {
      JsonNode member = node.path(name);
      return member.isObject() ? new Reader(member, path + name + ".") : null;
    }

    List<Reader> objects(String name) throws DamagedException {
      List<Reader> objects = new ArrayList<>();
      for (JsonNode element : array(name)) {
        objects.add(new Reader(element, path + name + "."));
      }
      return objects;
    }

    <V> List<V> values(String name, Function<String, V> parse) throws DamagedException {
      List<V> values = new ArrayList<>();
      for (JsonNode element : array(name)) {
        try {
          values.add(parse.apply(element.asText()));
        } catch (RuntimeException unreadable) {
          throw new DamagedException("its '" + path + name + "' cannot be read");
        }
      }
      return values;
    }

    private JsonNode array(String name) throws DamagedException {
      if (!node.path(name).isArray()) {
        throw missing(name);
      }
      return node.path(name);
    }

    private DamagedException missing(String name) {
      return new DamagedException("its '" + path + name + "' is missing or of another type");
    }
  }

  /** Documents of a time before there was a choice say nothing of it. */
  private static SyncMode mode(Reader from) throws DamagedException {
    SyncMode mode = from.valueOrNull("mode", SyncMode::valueOf);
    return mode == null ? SyncMode.UPSERT : mode;
  }

  private static void put(ObjectNode to, String name, @Nullable Object value) {
    if (value != null) {
      to.put(name, value.toString());
    }
  }

  private static final class Connections extends CatalogFormat<Connection> {
    Connections() {
      super(Kind.CONNECTION);
    }

    @Override
    public String id(Connection value) {
      return value.id();
    }

    @Override
    public long version(Connection value) {
      return value.version();
    }

    @Override
    String uniqueName(Connection value) {
      return value.name();
    }

    @Override
    void write(Connection value, ObjectNode to) {
      ConnectionDefinition definition = value.definition();
      to.put("name", definition.name());
      to.put("type", Connection.TYPE);
      to.put("kind", definition.kind().name());
      to.put("credentials", definition.credentials().toString());
      to.put("shared_with_contributors", definition.sharedWithContributors());
      put(to, "export_user", definition.exportUser());
      if (value.consent() != null) {
        to.putObject("consent")
            .put("by", value.consent().by())
            .put("at", value.consent().at().toString())
            .put("notice", value.consent().notice());
      }
      put(to, "connected_at", value.connectedAt());
      if (value.account() != null) {
        ObjectNode account = to.putObject("account").put("id", value.account().id());
        put(account, "name", value.account().name());
        put(account, "timezone", value.account().timezone());
        if (value.account().test() != null) {
          account.put("test", value.account().test());
        }
      }
      to.put("removing", value.removing());
      to.put("changed_by", value.changedBy());
      to.put("changed_at", value.changedAt().toString());
    }

    @Override
    Connection read(Reader from, String id, long version) throws DamagedException {
      Reader consent = from.objectOrNull("consent");
      Reader account = from.objectOrNull("account");
      return new Connection(
          id,
          new ConnectionDefinition(
              from.text("name"),
              from.value("kind", ConnectionDefinition.Kind::valueOf),
              from.value("credentials", SecretReference::of),
              from.flag("shared_with_contributors"),
              from.textOrNull("export_user")),
          consent == null
              ? null
              : new Connection.Consent(
                  consent.text("by"), consent.time("at"), consent.text("notice")),
          from.timeOrNull("connected_at"),
          account == null
              ? null
              : new Connection.Account(
                  account.text("id"),
                  account.textOrNull("name"),
                  account.textOrNull("timezone"),
                  account.flagOrNull("test")),
          from.flag("removing"),
          from.text("changed_by"),
          from.time("changed_at"),
          version);
    }
  }

  private static final class Exports extends CatalogFormat<SavedExport> {
    Exports() {
      super(Kind.EXPORT);
    }

    @Override
    public String id(SavedExport value) {
      return value.id();
    }

    @Override
    public long version(SavedExport value) {
      return value.version();
    }

    @Override
    void write(SavedExport value, ObjectNode to) {
      ExportDefinition definition = value.definition();
      to.put("name", definition.name());
      put(to, "connection", definition.connection());
      put(to, "list_asked_by_id", definition.listId());
      put(to, "list_asked_by_name", definition.listName());
      to.put("list", value.list().value());
      to.put("list_name", value.listName());
      ArrayNode segments = to.putArray("segments");
      definition.segments().forEach(segment -> segments.add(segment.name()));
      if (definition.mapping() != null) {
        write(definition.mapping(), to.putObject("mapping"));
      }
      to.put("mode", definition.mode().name());
      to.put("max_leavers", definition.maxLeavers());
      to.put("limit", definition.limit());
      write(definition.schedule(), to.putObject("schedule"));
      to.put("scheduled_since", value.scheduledSince().toString());
      to.put("changed_by", value.changedBy());
      to.put("changed_at", value.changedAt().toString());
    }

    private static void write(FieldMapping mapping, ObjectNode to) {
      to.put("zone", mapping.zone().getId());
      ArrayNode fields = to.putArray("fields");
      for (MappedField field : mapping.fields()) {
        ObjectNode line =
            fields.addObject().put("source", field.source()).put("target", field.target().name());
        put(line, "property", field.property());
      }
    }

    private static void write(Schedule schedule, ObjectNode to) {
      to.put("every_refresh", schedule.isEveryRefresh());
      schedule
          .zone()
          .ifPresent(
              zone -> {
                to.put("zone", zone.getId());
                ArrayNode days = to.putArray("days");
                schedule.days().stream().sorted().forEach(day -> days.add(day.name()));
                ArrayNode times = to.putArray("times");
                schedule.times().forEach(time -> times.add(time.toString()));
              });
    }

    @Override
    SavedExport read(Reader from, String id, long version) throws DamagedException {
      Reader mapping = from.objectOrNull("mapping");
      ExportDefinition definition =
          new ExportDefinition(
              from.text("name"),
              from.textOrNull("connection"),
              from.valueOrNull("list_asked_by_id", ListId::of),
              from.textOrNull("list_asked_by_name"),
              from.values("segments", Segment::named),
              mapping == null ? null : mapping(mapping),
              mode(from),
              from.fractionOr("max_leavers", 0.2),
              from.number("limit"),
              schedule(from.object("schedule")));
      return new SavedExport(
          id,
          definition,
          from.value("list", ListId::of),
          from.text("list_name"),
          from.time("scheduled_since"),
          from.text("changed_by"),
          from.time("changed_at"),
          version);
    }

    private static FieldMapping mapping(Reader from) throws DamagedException {
      FieldMapping mapping = null;
      for (Reader line : from.objects("fields")) {
        ProfileField target = line.value("target", ProfileField::valueOf);
        String source = line.text("source");
        if (mapping == null && target != ProfileField.EMAIL) {
          throw new DamagedException("its mapping does not begin with the email address");
        }
        if (mapping == null) {
          mapping = FieldMapping.email(source);
        } else if (target == ProfileField.PROPERTY) {
          mapping = mapping.property(line.text("property"), source);
        } else {
          mapping = mapping.map(target, source);
        }
      }
      if (mapping == null) {
        throw new DamagedException("its mapping is empty");
      }
      return mapping.zone(from.value("zone", ZoneId::of));
    }

    private static Schedule schedule(Reader from) throws DamagedException {
      Schedule schedule = Schedule.off();
      String zone = from.textOrNull("zone");
      if (zone != null) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        days.addAll(from.values("days", DayOfWeek::valueOf));
        schedule =
            Schedule.weekly(
                zone, days, from.values("times", LocalTime::parse).toArray(LocalTime[]::new));
      }
      return from.flag("every_refresh") ? schedule.andEveryRefresh() : schedule;
    }
  }

  private static final class Runs extends CatalogFormat<RunRecord> {
    Runs() {
      super(Kind.RUN);
    }

    @Override
    public String id(RunRecord value) {
      return value.id();
    }

    @Override
    public long version(RunRecord value) {
      return value.version();
    }

    @Override
    void write(RunRecord value, ObjectNode to) {
      to.put("export", value.exportId());
      to.put("export_name", value.exportName());
      to.put("trigger", value.trigger().name());
      to.put("started_by", value.startedBy());
      to.put("status", value.status().name());
      to.put("attempt", value.attempt());
      to.put("queued_at", value.queuedAt().toString());
      put(to, "started_at", value.startedAt());
      put(to, "ended_at", value.endedAt());
      put(to, "retry_at", value.retryAt());
      put(to, "message", value.message());
      put(to, "details", value.details());
      if (value.report() != null) {
        try {
          to.set("report", MAPPER.readTree(value.report().toJson()));
        } catch (JsonProcessingException impossible) {
          throw new IllegalStateException("A report is no JSON.", impossible);
        }
      }
    }

    @Override
    RunRecord read(Reader from, String id, long version) throws DamagedException {
      Reader report = from.objectOrNull("report");
      return new RunRecord(
          id,
          from.text("export"),
          from.text("export_name"),
          from.value("trigger", RunRecord.Trigger::valueOf),
          from.text("started_by"),
          from.value("status", RunStatus::valueOf),
          (int) from.number("attempt"),
          from.time("queued_at"),
          from.timeOrNull("started_at"),
          from.timeOrNull("ended_at"),
          from.timeOrNull("retry_at"),
          from.textOrNull("message"),
          from.textOrNull("details"),
          report == null ? null : report(report),
          version);
    }

    private static ExportReport report(Reader from) throws DamagedException {
      List<ExportReport.Job> jobs = new ArrayList<>();
      for (Reader job : from.objects("jobs")) {
        jobs.add(
            new ExportReport.Job(
                job.text("id"),
                job.value("status", ExportReport.JobStatus::valueOf),
                (int) job.number("profiles"),
                (int) job.number("accepted"),
                (int) job.number("rejected")));
      }
      List<Rejection> rejections = new ArrayList<>();
      for (Reader rejection : from.objects("rejections")) {
        rejections.add(
            new Rejection(
                rejection.textOrNull("customer_id"),
                rejection.value("scope", Rejection.Scope::valueOf),
                rejection.textOrNull("field"),
                rejection.value("reason", Rejection.Reason::valueOf),
                rejection.textOrNull("code")));
      }
      Map<Rejection.Reason, Long> reasons = new EnumMap<>(Rejection.Reason.class);
      Reader counts = from.object("reasons");
      for (Rejection.Reason reason : Rejection.Reason.values()) {
        if (counts.node.has(reason.name())) {
          reasons.put(reason, counts.number(reason.name()));
        }
      }
      return new ExportReport(
          from.text("run"),
          from.value("segment", Segment::named),
          from.value("list", ListId::of),
          mode(from),
          from.time("started_at"),
          Duration.ofMillis(from.number("took_ms")),
          from.number("read"),
          from.number("accepted"),
          from.number("rejected"),
          from.number("duplicates"),
          from.number("unconfirmed"),
          from.number("unsent"),
          from.number("rejected_fields"),
          reasons,
          rejections,
          from.values("unconfirmed_customers", customer -> customer),
          jobs,
          new ExportReport.Leavers(
              from.numberOr("members", 0),
              from.numberOr("leavers", 0),
              from.numberOr("removed", 0),
              from.numberOr("undecided", 0),
              from.textOrNull("leavers_kept") == null || from.text("leavers_kept").isEmpty()
                  ? null
                  : from.value("leavers_kept", ExportReport.Leavers.Kept::valueOf)),
          new ExportReport.Traffic(
              from.number("calls"),
              from.number("bytes_sent"),
              from.number("rate_limited"),
              Duration.ofMillis(from.number("paced_ms")),
              Duration.ofMillis(from.number("longest_retry_after_ms"))));
    }
  }

  private static final class States extends CatalogFormat<ExportState> {
    States() {
      super(Kind.STATE);
    }

    @Override
    public String id(ExportState value) {
      return value.exportId();
    }

    @Override
    public long version(ExportState value) {
      return value.version();
    }

    @Override
    void write(ExportState value, ObjectNode to) {
      put(to, "scheduled_up_to", value.scheduledUpTo());
      Open open = value.open();
      if (open != null) {
        ObjectNode node = to.putObject("open");
        node.put("run", open.runId());
        node.put("trigger", open.trigger().name());
        node.put("started_by", open.startedBy());
        node.put("queued_at", open.queuedAt().toString());
        node.put("attempt", open.attempt());
        node.put("connection", open.connection());
        node.put("holder", open.holder());
        node.put("held_until", open.heldUntil().toString());
        put(node, "retry_at", open.retryAt());
        put(node, "cancelled_by", open.cancelledBy());
        put(node, "cancel_reason", open.cancelReason());
      }
    }

    @Override
    ExportState read(Reader from, String id, long version) throws DamagedException {
      Reader open = from.objectOrNull("open");
      return new ExportState(
          id,
          from.timeOrNull("scheduled_up_to"),
          open == null
              ? null
              : new Open(
                  open.text("run"),
                  open.value("trigger", RunRecord.Trigger::valueOf),
                  open.text("started_by"),
                  open.time("queued_at"),
                  (int) open.number("attempt"),
                  open.text("connection"),
                  open.text("holder"),
                  open.time("held_until"),
                  open.timeOrNull("retry_at"),
                  open.textOrNull("cancelled_by"),
                  open.textOrNull("cancel_reason")),
          version);
    }
  }
}
