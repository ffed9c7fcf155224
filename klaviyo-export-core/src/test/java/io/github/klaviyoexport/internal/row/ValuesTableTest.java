package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.chrono.ThaiBuddhistDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Currency;
import java.util.Date;
import java.util.GregorianCalendar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.datatype.DatatypeFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the document on values says of each type is so. */
class ValuesTableTest {
  private static final Path DOCUMENT = Path.of("docs/values.md");
  private static final ZoneId KOLKATA = ZoneId.of("Asia/Kolkata");
  private static final LocalDateTime TIME = LocalDateTime.of(2026, 3, 29, 9, 5);
  private static final Instant INSTANT = Instant.parse("2026-03-29T09:05:00Z");
  private static final FieldMapping MAPPING =
      FieldMapping.email("email").property("p").zone(ZoneId.of("Europe/Helsinki"));

  private record Stranger(String name) {}

  private final Map<String, Object> samples = new LinkedHashMap<>();

  ValuesTableTest() throws Exception {
    samples.put("`String`", "Ada");
    samples.put("`StringBuilder` and every other `CharSequence`", new StringBuilder("Ada"));
    samples.put("`Character`", 'A');
    samples.put("`char[]`", new char[] {'A', 'd', 'a'});
    samples.put(
        "`java.sql.Clob`", sql(java.sql.Clob.class, Map.of("length", 3L, "getSubString", "Ada")));
    samples.put("`java.sql.SQLXML`", sql(java.sql.SQLXML.class, Map.of("getString", "<a/>")));
    samples.put("`Boolean`", true);
    samples.put("`AtomicBoolean`", new AtomicBoolean(true));
    samples.put("`Byte`", (byte) 17);
    samples.put("`Short`", (short) 17);
    samples.put("`Integer`", 17);
    samples.put("`Long`", 17L);
    samples.put("`AtomicInteger`", new AtomicInteger(17));
    samples.put("`AtomicLong`", new AtomicLong(17));
    LongAdder adder = new LongAdder();
    adder.add(17);
    samples.put("`LongAdder`", adder);
    samples.put("`LongAccumulator`", new LongAccumulator(Long::sum, 17));
    samples.put("`BigInteger`", new BigInteger("123456789012345678901"));
    samples.put("`Float`", 1.5f);
    samples.put("`Double`", 120.5);
    DoubleAdder doubleAdder = new DoubleAdder();
    doubleAdder.add(1.5);
    samples.put("`DoubleAdder`", doubleAdder);
    samples.put("`DoubleAccumulator`", new DoubleAccumulator(Double::sum, 1.5));
    samples.put("`BigDecimal`", new BigDecimal("12.50"));
    samples.put("an enum", TimeUnit.HOURS);
    samples.put("`UUID`", new UUID(1, 2));
    samples.put("`URI`", URI.create("https://shop.example/a"));
    samples.put("`URL`", URI.create("https://shop.example/a").toURL());
    samples.put("`Locale`", Locale.UK);
    samples.put("`Currency`", Currency.getInstance("EUR"));
    samples.put("`InetAddress`", InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}));
    samples.put("`Charset`", StandardCharsets.UTF_8);
    samples.put("`Pattern`", Pattern.compile("a+b"));
    samples.put("`Path`", Path.of("segments"));
    samples.put("`File`", new File("segments"));
    samples.put("`java.sql.Date`", java.sql.Date.valueOf("2026-03-29"));
    samples.put("`java.sql.Time`", java.sql.Time.valueOf("09:05:00"));
    samples.put("`java.sql.Timestamp`", new java.sql.Timestamp(INSTANT.toEpochMilli() + 12));
    samples.put("`java.util.Date`", new Date(INSTANT.toEpochMilli() + 12));
    samples.put("`Calendar`", GregorianCalendar.from(TIME.atZone(KOLKATA)));
    samples.put("`FileTime`", FileTime.from(INSTANT));
    samples.put("`Instant`", INSTANT);
    samples.put("`LocalDate`", TIME.toLocalDate());
    samples.put("`LocalTime`", TIME.toLocalTime());
    samples.put("`LocalDateTime`, in the mapping's zone", TIME);
    samples.put(
        "`LocalDateTime` that the clocks there skipped, as much later",
        LocalDateTime.of(2026, 3, 29, 3, 30));
    samples.put(
        "`LocalDateTime` that the clocks there showed twice, the first",
        LocalDateTime.of(2026, 10, 25, 3, 30));
    samples.put("`OffsetDateTime`", OffsetDateTime.parse("2026-03-29T09:05-03:30"));
    samples.put("`OffsetTime`", OffsetTime.parse("09:05-03:30"));
    samples.put("`ZonedDateTime`", TIME.atZone(KOLKATA));
    samples.put("`Year`", Year.of(2026));
    samples.put("`YearMonth`", YearMonth.of(2026, 3));
    samples.put("`MonthDay`", MonthDay.of(3, 29));
    samples.put("`Month`", Month.MARCH);
    samples.put("`DayOfWeek`", DayOfWeek.SUNDAY);
    samples.put("`Duration`", Duration.ofMinutes(90));
    samples.put("`Period`", Period.of(1, 2, 3));
    samples.put("`ZoneId`", ZoneId.of("Europe/Helsinki"));
    samples.put("`ZoneOffset`", ZoneOffset.ofHoursMinutes(5, 30));
    samples.put("`TimeZone`", TimeZone.getTimeZone("Europe/Helsinki"));
    ThaiBuddhistDate thai = ThaiBuddhistDate.from(TIME.toLocalDate());
    samples.put("`ThaiBuddhistDate` and every other `ChronoLocalDate`", thai);
    samples.put("`ChronoLocalDateTime`", thai.atTime(TIME.toLocalTime()));
    samples.put("`ChronoZonedDateTime`", thai.atTime(TIME.toLocalTime()).atZone(KOLKATA));
    DatatypeFactory xml = DatatypeFactory.newInstance();
    samples.put(
        "`javax.xml.datatype.XMLGregorianCalendar` with a date",
        xml.newXMLGregorianCalendar("2026-03-29"));
    samples.put(
        "`javax.xml.datatype.XMLGregorianCalendar` with date and time",
        xml.newXMLGregorianCalendar("2026-03-29T09:05:00+02:00"));
    samples.put("`Optional`", Optional.of("Ada"));
    samples.put("`OptionalInt`", OptionalInt.of(17));
    samples.put("`OptionalLong`", OptionalLong.of(17));
    samples.put("`OptionalDouble`", OptionalDouble.of(1.5));
    samples.put("`AtomicReference`", new AtomicReference<>("Ada"));
    samples.put("`List`", List.of("a", 1));
    samples.put("`Set`", Set.of("a"));
    Iterable<Object> iterable = () -> List.<Object>of("a", 1).iterator();
    samples.put("an `Iterable` that is no `Path`", iterable);
    samples.put("`Object[]`", new Object[] {"a", 1});
    samples.put("`boolean[]`", new boolean[] {true});
    samples.put("`short[]`", new short[] {1, 2});
    samples.put("`int[]`", new int[] {1, 2});
    samples.put("`long[]`", new long[] {1, 2});
    samples.put("`float[]`", new float[] {1.5f});
    samples.put("`double[]`", new double[] {1.5});
    samples.put("`AtomicIntegerArray`", new AtomicIntegerArray(new int[] {1, 2}));
    samples.put("`AtomicLongArray`", new AtomicLongArray(new long[] {1, 2}));
    samples.put("`AtomicReferenceArray`", new AtomicReferenceArray<>(new String[] {"a"}));
    samples.put(
        "`java.sql.Array`", sql(java.sql.Array.class, Map.of("getArray", new String[] {"a", "b"})));
    samples.put("`Map` with text for names", Map.of("a", 1));
    samples.put("`Map` with any single values for names", Map.of(TIME.toLocalDate(), 1));

    samples.put("`ZoneOffset.UTC`", ZoneOffset.UTC);
    samples.put("`Double` or `BigDecimal` without a fraction", new BigDecimal("90210.0"));

    samples.put("`Double.NaN`", Double.NaN);
    samples.put("`Float.POSITIVE_INFINITY`", Float.POSITIVE_INFINITY);
    samples.put("`BigDecimal` that no `Double` is as large as, `1E+400`", new BigDecimal("1E+400"));
    samples.put("`BigDecimal` that no `Double` is as small as, `1E-400`", new BigDecimal("1E-400"));
    samples.put(
        "`BigInteger` that no `Double` is as large as, a 1 with 400 zeros",
        BigInteger.TEN.pow(400));
    samples.put(
        "`BigDecimal` of more than 500 digits, a third of 1",
        BigDecimal.ONE.divide(new BigDecimal(3), new MathContext(501)));
    samples.put("text with half a surrogate pair", "a\ud800");
    List<?> nested = List.of();
    for (int depth = 1; depth < 17; depth++) {
      nested = List.of(nested);
    }
    samples.put("lists and maps nested more than 16 deep", nested);
    samples.put("`byte[]`", new byte[] {1});
    samples.put("a record", new Stranger("Ada"));
    samples.put("`Stream`", Stream.of("a"));
    samples.put("`Iterator`", List.of("a").iterator());
    samples.put("`java.sql.Blob`", sql(java.sql.Blob.class, Map.of()));
    samples.put("`Instant.MAX`, which no calendar has", Instant.MAX);
    samples.put("a `Map` with `null` for a name", Collections.singletonMap(null, 1));
    samples.put("any other class", new Object());
  }

  /** Returns what a driver gives, which is of a type of its own. */
  private static Object sql(Class<?> type, Map<String, Object> answers) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> answers.get(method.getName()));
  }

  /** Returns the cells of a table of the document, without its head. */
  private static List<List<String>> table(String heading) throws IOException {
    String section = Files.readString(DOCUMENT).split("\n## " + heading + "\n", 2)[1];
    List<List<String>> rows = new ArrayList<>();
    section
        .split("\n## ", 2)[0]
        .lines()
        .filter(line -> line.startsWith("| ") && line.endsWith(" |"))
        .skip(1)
        .forEach(line -> rows.add(List.of(line.substring(2, line.length() - 2).split(" \\| "))));
    return rows;
  }

  private static String code(String cell) {
    assertThat(cell).startsWith("`").endsWith("`");
    return cell.substring(1, cell.length() - 1);
  }

  private Object sample(String type) {
    assertThat(samples).containsKey(type);
    return samples.get(type);
  }

  @Test
  void each_type_becomes_what_the_table_says_alone_and_in_lists_and_maps() throws IOException {
    List<List<String>> rows = table("Types");

    for (List<String> row : rows) {
      Object sample = sample(row.get(0));
      String json = code(row.get(1));
      assertThat(property(sample)).as(row.get(0)).isEqualTo(json);
      assertThat(property(Arrays.asList(sample, sample)))
          .as(row.get(0))
          .isEqualTo("[" + json + "," + json + "]");
      assertThat(property(Map.of("x", sample))).as(row.get(0)).isEqualTo("{\"x\":" + json + "}");
    }
    assertThat(rows).hasSizeGreaterThan(70);
  }

  @Test
  void klaviyos_own_fields_take_the_same_as_text() throws IOException {
    for (List<String> row : table("Types")) {
      JsonNode json = RowModel.JSON.readTree(code(row.get(1)));
      List<Rejection> rejections = new ArrayList<>();
      String title =
          attribute(ProfileField.TITLE, sample(row.get(0)), rejections).path("title").asText();
      if (json.isContainerNode()) {
        assertThat(rejections)
            .as(row.get(0))
            .containsExactly(Rejection.ofField("c", "field", Reason.UNSUPPORTED_TYPE));
      } else {
        assertThat(title)
            .as(row.get(0))
            .isEqualTo(json.isTextual() ? json.textValue() : code(row.get(1)));
      }
    }
  }

  @Test
  void types_that_stand_for_what_a_field_holds_fit_that_field() throws IOException {
    List<List<String>> rows = table("Types of Klaviyo's own fields");

    for (List<String> row : rows) {
      ProfileField field = ProfileField.valueOf(code(row.get(0)));
      String type = row.get(1);
      Object sample = field == ProfileField.LATITUDE ? (Object) 60.17 : sample(type);
      String pointer = "/" + field.path().replace('.', '/');
      assertThat(attribute(field, sample, new ArrayList<>()).at(pointer).toString())
          .as("%s", row)
          .isEqualTo(code(row.get(2)));
    }
    assertThat(rows).hasSizeGreaterThan(5);
  }

  @Test
  void what_cannot_be_written_costs_its_field_for_the_reason_the_table_gives() throws IOException {
    List<List<String>> rows = table("What is not written");

    for (List<String> row : rows) {
      List<Rejection> rejections = new ArrayList<>();
      assertThat(row(sample(row.get(0)), rejections)).as(row.get(0)).doesNotContain("properties");
      assertThat(rejections)
          .as(row.get(0))
          .containsExactly(Rejection.ofField("c", "p", Reason.valueOf(code(row.get(1)))));
    }
    assertThat(rows).hasSizeGreaterThan(8);
  }

  @Test
  void phone_numbers_are_read_as_the_table_says() throws IOException {
    List<List<String>> rows = table("Phone numbers");

    for (List<String> row : rows) {
      String sent = PhoneNumber.normalize(code(row.get(0)));
      assertThat(sent)
          .as(row.get(0))
          .isEqualTo(row.get(1).startsWith("nothing") ? null : code(row.get(1)));
    }
    assertThat(rows).hasSizeGreaterThan(10);
  }

  @Test
  void phone_numbers_of_a_region_are_read_as_the_table_says() throws IOException {
    List<List<String>> rows = table("Phone numbers of a region");

    for (List<String> row : rows) {
      FieldMapping mapping = FieldMapping.email("email").phone("phone", code(row.get(1)));
      List<Rejection> rejections = new ArrayList<>();
      String sent =
          attributes(mapping, Map.of("phone", code(row.get(0))), rejections)
              .path("phone_number")
              .asText("nothing: `" + reason(rejections) + "`");
      assertThat(sent)
          .as("%s", row)
          .isEqualTo(row.get(2).startsWith("nothing") ? row.get(2) : code(row.get(2)));
    }
    assertThat(rows).hasSizeGreaterThan(5);
  }

  @Test
  void conversions_make_of_text_what_the_table_says() throws IOException {
    List<List<String>> rows = table("Conversions");

    for (List<String> row : rows) {
      Conversion conversion =
          row.get(0).equals("`yesNo()`") ? Conversion.yesNo() : Conversion.parse(code(row.get(0)));
      List<Rejection> rejections = new ArrayList<>();
      String json =
          written(
              FieldMapping.email("email").property("p").as(conversion),
              Map.of("p", code(row.get(1))),
              rejections);
      int at = json.indexOf("\"p\":");
      String written = at < 0 ? null : json.substring(at + 4, json.length() - 3);
      switch (row.get(2)) {
        case "nothing" -> assertThat(written).as("%s", row).isNull();
        case "unreadable" ->
            assertThat(reason(rejections)).as("%s", row).isEqualTo(Reason.UNREADABLE_IN_SOURCE);
        default -> assertThat(written).as("%s", row).isEqualTo(code(row.get(2)));
      }
    }
    assertThat(rows).hasSizeGreaterThan(20);
  }

  private static @Nullable Reason reason(List<Rejection> rejections) {
    return rejections.isEmpty() ? null : rejections.get(0).reason();
  }

  private static JsonNode attributes(
      FieldMapping mapping, Map<String, ?> given, List<Rejection> rejections) throws IOException {
    return RowModel.JSON.readTree(written(mapping, given, rejections)).path("attributes");
  }

  private static String written(
      FieldMapping mapping, Map<String, ?> given, List<Rejection> rejections) {
    Map<String, Object> values = new LinkedHashMap<>(given);
    values.put("email", "ada@shop.example");
    RowWriter writer = new RowWriter(mapping);
    assertThat(writer.write(CustomerProfile.of("c", values), rejections::add)).isTrue();
    return new String(writer.bytes(), 0, writer.length(), StandardCharsets.UTF_8);
  }

  private static String property(Object value) {
    List<Rejection> rejections = new ArrayList<>();
    String row = row(value, rejections);
    assertThat(rejections).isEmpty();
    return row.substring(row.indexOf("\"p\":") + 4, row.length() - 3);
  }

  private static String row(@Nullable Object value, List<Rejection> rejections) {
    RowWriter writer = new RowWriter(MAPPING);
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("email", "ada@shop.example");
    values.put("p", value);
    assertThat(writer.write(CustomerProfile.of("c", values), rejections::add)).isTrue();
    return new String(writer.bytes(), 0, writer.length(), StandardCharsets.UTF_8);
  }

  private static JsonNode attribute(ProfileField target, Object value, List<Rejection> rejections)
      throws IOException {
    RowWriter writer =
        new RowWriter(FieldMapping.email("email").map(target, "field").zone(MAPPING.zone()));
    writer.write(
        CustomerProfile.of("c", Map.of("email", "ada@shop.example", "field", value)),
        rejections::add);
    return new com.fasterxml.jackson.databind.ObjectMapper()
        .readTree(Arrays.copyOf(writer.bytes(), writer.length()))
        .path("attributes");
  }
}
