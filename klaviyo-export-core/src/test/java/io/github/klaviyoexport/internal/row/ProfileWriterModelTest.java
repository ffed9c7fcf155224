package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldMapping.MappedField;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Compares the writer with a model that is as plain as can be: it builds trees, throws exceptions
 * and uses regular expressions.
 */
class ProfileWriterModelTest {
  private static final int PROFILES = 20_000;
  private static final int PROFILES_PER_MAPPING = 100;
  private static final ZoneId ZONE = ZoneId.of("America/St_Johns");

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNumberLength(100_000).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .build();

  @Test
  void writes_and_reports_what_the_model_says_for_20000_random_profiles() throws IOException {
    long seed = 1_618_033;
    Set<Reason> met = EnumSet.noneOf(Reason.class);
    int written = 0;
    for (int i = 0; i < PROFILES / PROFILES_PER_MAPPING; i++) {
      RandomProfiles random = new RandomProfiles(new Random(seed + i));
      FieldMapping mapping = random.mapping();
      ProfileWriter writer = new ProfileWriter(mapping);
      for (int j = 0; j < PROFILES_PER_MAPPING; j++) {
        CustomerProfile profile = random.profile(mapping);
        Model model = new Model(mapping, profile);
        List<Rejection> rejections = new ArrayList<>();

        boolean row = writer.write(profile, rejections::add);

        String description = "seed " + (seed + i) + ", profile " + j + ", " + mapping;
        assertThat(rejections)
            .as(description)
            .containsExactlyInAnyOrderElementsOf(model.rejections());
        assertThat(row).as(description).isEqualTo(model.row() != null);
        if (row) {
          assertThat(parsed(writer)).as(description).isEqualTo(model.row());
          assertThat(writer.identifierKind()).as(description).isEqualTo(model.identifierKind);
          assertThat(writer.identifier()).as(description).isEqualTo(model.identifier);
          written++;
        }
        rejections.forEach(rejection -> met.add(rejection.reason()));
      }
    }
    assertThat(written).isBetween(PROFILES / 2, PROFILES * 9 / 10);
    assertThat(met)
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.range(Reason.NO_IDENTIFIER, Reason.UNSUPPORTED_TYPE));
  }

  private static Map<String, Object> parsed(ProfileWriter writer) throws IOException {
    String text;
    try {
      // Unlike a JSON parser, this decoder lets no malformed UTF-8 through.
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(writer.bytes(), 0, writer.length()))
              .toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("The row is not UTF-8.", e);
    }
    return JSON.readValue(text, new TypeReference<>() {});
  }

  /** What a row must say, worked out the slow way. */
  private static final class Model {
    private static final Pattern EMAIL =
        Pattern.compile("[a-zA-Z0-9._%+-]+@([a-zA-Z0-9-]+\\.)+[a-zA-Z]{2,}");
    private static final DateTimeFormatter SECONDS =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssXXX");
    private static final DateTimeFormatter MILLIS =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX");

    private final CustomerProfile profile;
    private final Map<String, Object> attributes = new HashMap<>();
    private final List<Rejection> dropped = new ArrayList<>();
    private @Nullable Rejection refusal;
    @Nullable ProfileField identifierKind;
    @Nullable String identifier;

    Model(FieldMapping mapping, CustomerProfile profile) throws IOException {
      this.profile = profile;
      for (ProfileField kind : Identifier.KINDS) {
        for (MappedField field : mapping.fields()) {
          if (field.target() == kind && refusal == null) {
            identify(field);
          }
        }
      }
      for (MappedField field : mapping.fields()) {
        Object value = valueOf(field);
        if (value != null && !Identifier.KINDS.contains(field.target())) {
          add(field, value);
        }
      }
      if (refusal == null && identifierKind == null) {
        refusal =
            dropped.stream()
                .filter(rejection -> isIdentifier(mapping, rejection))
                .findFirst()
                .map(
                    first -> Rejection.ofProfile(first.customerId(), first.field(), first.reason()))
                .orElse(Rejection.ofProfile(profile.id(), null, Reason.NO_IDENTIFIER));
      }
      if (refusal == null
          && JSON.writeValueAsString(tree()).getBytes(StandardCharsets.UTF_8).length >= 100_000) {
        refusal = Rejection.ofProfile(profile.id(), null, Reason.TOO_LARGE);
      }
    }

    private static boolean isIdentifier(FieldMapping mapping, Rejection rejection) {
      return mapping.fields().stream()
          .anyMatch(
              field ->
                  field.source().equals(rejection.field())
                      && Identifier.KINDS.contains(field.target()));
    }

    List<Rejection> rejections() {
      return refusal == null ? dropped : List.of(refusal);
    }

    @Nullable Map<String, Object> row() {
      return refusal == null ? tree() : null;
    }

    private Map<String, Object> tree() {
      return Map.of("type", "profile", "attributes", attributes);
    }

    private @Nullable Object valueOf(MappedField field) {
      Object value = profile.value(field.source());
      return value instanceof CharSequence text && text.toString().isBlank() ? null : value;
    }

    private void identify(MappedField field) {
      Object value = valueOf(field);
      if (value == null) {
        return;
      }
      try {
        String text = identifierOf(field.target(), value);
        attributes.put(field.target().path(), text);
        if (identifierKind == null) {
          identifierKind = field.target();
          identifier = field.target() == ProfileField.EMAIL ? text.toLowerCase(Locale.ROOT) : text;
        }
      } catch (Unwritable e) {
        if (field.target() == ProfileField.EMAIL) {
          refusal = Rejection.ofProfile(profile.id(), field.source(), e.reason);
        } else {
          dropped.add(Rejection.ofField(profile.id(), field.source(), e.reason));
        }
      }
    }

    private static String identifierOf(ProfileField kind, Object value) {
      switch (kind) {
        case EMAIL -> {
          String text = value instanceof CharSequence ? value.toString().strip() : "";
          check(text.length() <= 100, Reason.EMAIL_TOO_LONG);
          check(EMAIL.matcher(text).matches(), Reason.EMAIL_MALFORMED);
          return text;
        }
        case PHONE_NUMBER -> {
          String text = value instanceof CharSequence ? value.toString().strip() : "";
          check(text.startsWith("+") && !text.contains("(0)"), Reason.PHONE_MALFORMED);
          String number = text.replaceAll("[ .()-]", "");
          check(number.matches("\\+[1-9][0-9]{6,14}"), Reason.PHONE_MALFORMED);
          return number;
        }
        default -> {
          String text = textOf(value).strip();
          check(text.codePointCount(0, text.length()) <= 255, Reason.EXTERNAL_ID_TOO_LONG);
          return whole(text);
        }
      }
    }

    private void add(MappedField field, Object value) {
      try {
        if (field.property() != null) {
          Object json = jsonOf(value, 0);
          object("properties").put(field.property(), json);
        } else if (field.path().startsWith("location.")) {
          boolean coordinate =
              field.target() == ProfileField.LATITUDE || field.target() == ProfileField.LONGITUDE;
          boolean keepsType = coordinate && (value instanceof Number || value instanceof Boolean);
          Object json = keepsType ? jsonOf(value, 0) : whole(textOf(value));
          object("location").put(field.path().substring("location.".length()), json);
        } else {
          attributes.put(field.path(), whole(textOf(value)));
        }
      } catch (Unwritable e) {
        dropped.add(Rejection.ofField(profile.id(), field.source(), e.reason));
      }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> object(String name) {
      return (Map<String, Object>) attributes.computeIfAbsent(name, unused -> new HashMap<>());
    }

    private static Object jsonOf(Object value, int depth) {
      if (value instanceof Map<?, ?> map) {
        check(depth < 16, Reason.TOO_DEEP);
        Map<String, Object> json = new LinkedHashMap<>();
        map.forEach(
            (name, element) -> {
              if (element != null) {
                check(name instanceof String, Reason.UNSUPPORTED_TYPE);
                json.put(whole((String) name), jsonOf(element, depth + 1));
              }
            });
        return json;
      }
      if (value instanceof int[] numbers) {
        return jsonOf(Arrays.stream(numbers).boxed().toList(), depth);
      }
      if (value instanceof Object[] array) {
        return jsonOf(Arrays.asList(array), depth);
      }
      if (value instanceof List<?> list) {
        check(depth < 16, Reason.TOO_DEEP);
        List<Object> json = new ArrayList<>();
        for (Object element : list) {
          if (element != null) {
            json.add(jsonOf(element, depth + 1));
          }
        }
        return json;
      }
      if (value instanceof Number) {
        String digits = digitsOf((Number) value);
        return digits.matches("-?[0-9]+") ? new BigInteger(digits) : new BigDecimal(digits);
      }
      return value instanceof Boolean ? value : whole(textOf(value));
    }

    private static String digitsOf(Number number) {
      check(
          Double.isFinite(number.doubleValue()) || number instanceof BigDecimal,
          Reason.NOT_A_NUMBER);
      return number instanceof BigDecimal decimal && Math.abs(decimal.scale()) <= 100
          ? decimal.toPlainString()
          : number.toString();
    }

    private static String textOf(Object value) {
      if (value instanceof Double || value instanceof Float) {
        String digits = digitsOf((Number) value);
        BigDecimal exact = new BigDecimal(((Number) value).doubleValue());
        boolean whole =
            exact.abs().compareTo(BigDecimal.valueOf(1L << 53)) < 0
                && exact.stripTrailingZeros().scale() <= 0;
        return whole ? exact.toBigInteger().toString() : digits;
      }
      if (value instanceof Number number) {
        return digitsOf(number);
      }
      if (value instanceof Instant instant) {
        return textOf(OffsetDateTime.ofInstant(instant, ZoneOffset.UTC));
      }
      if (value instanceof Date date) {
        return textOf(date.toInstant());
      }
      if (value instanceof LocalDateTime time) {
        return textOf(time.atZone(ZONE));
      }
      if (value instanceof ZonedDateTime time) {
        return textOf(time.toOffsetDateTime());
      }
      if (value instanceof OffsetDateTime time) {
        OffsetDateTime exact =
            time.getOffset().getTotalSeconds() % 60 == 0
                ? time
                : time.withOffsetSameInstant(ZoneOffset.UTC);
        return (time.get(ChronoField.MILLI_OF_SECOND) == 0 ? SECONDS : MILLIS).format(exact);
      }
      boolean text =
          value instanceof CharSequence
              || value instanceof Boolean
              || value instanceof Character
              || value instanceof Enum
              || value instanceof UUID
              || value instanceof LocalDate;
      check(text, Reason.UNSUPPORTED_TYPE);
      return value.toString();
    }

    private static String whole(String text) {
      check(StandardCharsets.UTF_8.newEncoder().canEncode(text), Reason.BROKEN_TEXT);
      return text;
    }

    private static void check(boolean good, Reason otherwise) {
      if (!good) {
        throw new Unwritable(otherwise);
      }
    }

    private static final class Unwritable extends RuntimeException {
      private static final long serialVersionUID = 1L;
      final Reason reason;

      Unwritable(Reason reason) {
        this.reason = reason;
      }
    }
  }

  /** Mappings and profiles of every kind, more of them bad than in any shop. */
  private static final class RandomProfiles {
    private static final String LARGE = "large";

    private final Random random;
    private final List<Supplier<@Nullable Object>> kinds;

    RandomProfiles(Random random) {
      this.random = random;
      this.kinds =
          List.of(
              () -> null,
              this::text,
              this::text,
              this::text,
              () -> new StringBuilder(text()),
              () -> (char) random.nextInt(0x10000),
              random::nextBoolean,
              () -> random.nextInt() >> random.nextInt(32),
              () -> random.nextLong() >> random.nextInt(64),
              () -> (short) random.nextInt(),
              () -> Double.longBitsToDouble(random.nextLong()),
              () -> (double) (random.nextInt(2_000) - 1_000) / (1 << random.nextInt(4)),
              () -> Float.intBitsToFloat(random.nextInt()),
              () -> one(Double.NaN, Double.POSITIVE_INFINITY, Float.NaN, -0.0, Double.MIN_VALUE),
              () -> new BigInteger(random.nextInt(300), random),
              () -> new BigDecimal(new BigInteger(80, random), random.nextInt(400) - 200),
              () -> BigDecimal.ONE.scaleByPowerOfTen(one(1_000_000, -1_000_000, 3)),
              () -> instant(),
              () -> Date.from(instant()),
              () -> instant().atOffset(ZoneOffset.ofTotalSeconds(random.nextInt(36_000) - 18_000)),
              () -> instant().atZone(ZoneId.of("Africa/Monrovia")),
              () -> LocalDateTime.ofInstant(instant(), ZoneOffset.UTC),
              () -> LocalDate.ofInstant(instant(), ZoneOffset.UTC),
              () -> one(ProfileField.values()),
              () -> new UUID(random.nextLong(), random.nextLong()),
              () -> new int[random.nextInt(3)],
              () -> one(new Object(), new byte[1], Thread.State.class, Map.of(1, 2)),
              () -> nested(random.nextInt(20)));
    }

    @SafeVarargs
    private <T> T one(T... choices) {
      return choices[random.nextInt(choices.length)];
    }

    FieldMapping mapping() {
      List<ProfileField> targets = new ArrayList<>(EnumSet.allOf(ProfileField.class));
      targets.removeAll(List.of(ProfileField.EMAIL, ProfileField.PROPERTY));
      List<String> properties = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        properties.add("p" + i + text().replaceAll("\\p{Cs}", ""));
      }
      FieldMapping mapping = FieldMapping.email("email").zone(ZONE);
      Collections.shuffle(targets, random);
      for (ProfileField target : targets.subList(0, random.nextInt(targets.size()))) {
        mapping = mapping.map(target, target.name());
        if (!properties.isEmpty() && random.nextBoolean()) {
          String property = properties.remove(0);
          mapping = mapping.property(property, "field of " + property);
        }
      }
      return mapping.property(LARGE);
    }

    CustomerProfile profile(FieldMapping mapping) {
      List<String> names = new ArrayList<>();
      List<@Nullable Object> values = new ArrayList<>();
      for (MappedField field : mapping.fields()) {
        if (random.nextInt(20) > 0 && !names.contains(field.source())) {
          names.add(field.source());
          values.add(value(field));
        }
      }
      return CustomerProfile.of("c-1", FieldNames.of(names), values.toArray());
    }

    private @Nullable Object value(MappedField field) {
      if (field.source().equals(LARGE)) {
        return random.nextInt(60) == 0 ? largeText() : null;
      }
      boolean good = random.nextInt(8) > 0;
      return switch (field.target()) {
        case EMAIL -> good ? one("Ada@shop.example ", "bo+1@a.b-c.co", "", null) : badEmail();
        case PHONE_NUMBER ->
            good ? one("+358401234567", " +1 (212) 555-0100", " ", null) : badPhone();
        case EXTERNAL_ID -> good ? one("c-1", 17, 17L, 17.0, null) : badExternalId();
        default -> anything();
      };
    }

    private Object badEmail() {
      return one("ada", "ada!@shop.example", "a".repeat(90) + "@shop.example", 17, text());
    }

    private @Nullable Object badPhone() {
      return one("040 123", "+44 (0)20 7946 0958", "+123456", 358401234567L, text());
    }

    private @Nullable Object badExternalId() {
      return random.nextBoolean() ? "x".repeat(250 + random.nextInt(12)) : anything();
    }

    /** Text that takes 24,000 to 144,000 bytes: the model's sizes are not exact to the byte. */
    private String largeText() {
      return one("\u0001", "\u00e9", "\u20ac", "\ud83d\ude00")
          .repeat(12_000 + random.nextInt(12_000));
    }

    private @Nullable Object anything() {
      return kinds.get(random.nextInt(kinds.size())).get();
    }

    private String text() {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        switch (random.nextInt(8)) {
          case 0 -> text.append((char) random.nextInt(0x20));
          case 1 -> text.append(one("\"", "\\", "/", " ", "\u007f", "\u0080", "\ufffe", "\uffff"));
          case 2 -> text.appendCodePoint(random.nextInt(0x800));
          case 3 -> text.append((char) random.nextInt(0xD800));
          case 4 ->
              text.appendCodePoint(0x10000 * (1 + random.nextInt(16)) + random.nextInt(0x10000));
          default -> text.append((char) (' ' + random.nextInt(95)));
        }
      }
      if (random.nextInt(20) == 0) {
        text.insert(random.nextInt(text.length() + 1), (char) (0xD800 + random.nextInt(0x800)));
      }
      return text.toString();
    }

    private Instant instant() {
      return Instant.ofEpochSecond(
          random.nextInt() * 20L, one(0, 1, 999_999, 1_000_000, 120_000_000, 999_999_999));
    }

    private Object nested(int depth) {
      if (depth <= 1) {
        return one(List.of(), Map.of(), new Object[0]);
      }
      List<@Nullable Object> elements = new ArrayList<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        elements.add(random.nextInt(3) == 0 ? nested(random.nextInt(3)) : scalar());
      }
      elements.add(random.nextInt(elements.size() + 1), nested(depth - 1));
      if (random.nextInt(3) == 0) {
        return elements.toArray();
      }
      if (random.nextBoolean()) {
        return elements;
      }
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      elements.forEach(element -> map.put(text(), element));
      return map;
    }

    /** Mostly writable, or few nested values would be. */
    private @Nullable Object scalar() {
      return random.nextInt(10) == 0 ? anything() : one(null, "", "a", 1, 2.5, true, instant());
    }
  }
}
