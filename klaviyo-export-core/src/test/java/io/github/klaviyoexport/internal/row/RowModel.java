package io.github.klaviyoexport.internal.row;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a row must say, worked out the slow way: with trees, exceptions and regular expressions. */
final class RowModel {
  static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNumberLength(100_000).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .build();

  private static final Pattern EMAIL =
      Pattern.compile("[^@\\s\\p{C}]+@[^@.\\s]+(\\.[^@.\\s]+)+\\.?");
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\s\u000b\u0000\u001c-\u001f\u0085\\p{Z}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202d"
              + "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]");
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

  RowModel(FieldMapping mapping, CustomerProfile profile) throws IOException {
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
              .map(first -> Rejection.ofProfile(first.customerId(), first.field(), first.reason()))
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
    boolean text = value instanceof CharSequence || value instanceof Character;
    return text && stripped(value.toString()).isEmpty() ? null : value;
  }

  private static String stripped(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isInvisible(text, start)) {
      start++;
    }
    while (end > start && isInvisible(text, end - 1)) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isInvisible(String text, int at) {
    return INVISIBLE.matcher(text.substring(at, at + 1)).matches();
  }

  static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
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
        String text = value instanceof CharSequence ? ofIdentifier(value.toString()) : "";
        check(text.length() <= 100, Reason.EMAIL_TOO_LONG);
        check(EMAIL.matcher(text).matches(), Reason.EMAIL_MALFORMED);
        return text;
      }
      case PHONE_NUMBER -> {
        String text = value instanceof CharSequence ? ofIdentifier(value.toString()) : "";
        check(text.startsWith("+") && !text.contains("(0)"), Reason.PHONE_MALFORMED);
        String number = text.replaceAll("[ .()-]", "");
        check(number.matches("\\+[1-9][0-9]{6,14}"), Reason.PHONE_MALFORMED);
        return number;
      }
      default -> {
        String text = ofIdentifier(textOf(value));
        check(text.codePointCount(0, text.length()) <= 255, Reason.EXTERNAL_ID_TOO_LONG);
        return whole(text);
      }
    }
  }

  private void add(MappedField field, Object value) {
    try {
      if (field.property() != null) {
        Object json = jsonOf(value, 0);
        object("properties").put(field.property().replace("\0", ""), json);
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
              json.put(wholeName(textOf(name)), jsonOf(element, depth + 1));
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
      BigDecimal exact = new BigDecimal(digits);
      check(exact.signum() == 0 || exact.doubleValue() != 0, Reason.NOT_A_NUMBER);
      return digits.matches("-?[0-9]+") ? new BigInteger(digits) : new BigDecimal(digits);
    }
    return value instanceof Boolean
        ? value
        : (depth == 0 ? whole(textOf(value)) : wholeName(textOf(value)));
  }

  private static String digitsOf(Number number) {
    check(Double.isFinite(number.doubleValue()), Reason.NOT_A_NUMBER);
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
    if (value instanceof BigDecimal decimal && decimal.scale() > 0) {
      BigDecimal shortest = decimal.stripTrailingZeros();
      return digitsOf(shortest.scale() > 0 ? decimal : shortest);
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
      return textOf(time.atZone(RandomProfiles.ZONE));
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

  private static String ofIdentifier(String text) {
    return stripped(text).replace("\0", "");
  }

  private static String whole(String text) {
    return wholeName(stripped(text));
  }

  private static String wholeName(String text) {
    check(StandardCharsets.UTF_8.newEncoder().canEncode(text), Reason.BROKEN_TEXT);
    return text.replace("\0", "");
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
