package io.github.klaviyoexport.internal.row;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Mappings and profiles of every kind, more of them bad than in any shop. */
final class RandomProfiles {
  static final ZoneId ZONE = ZoneId.of("America/St_Johns");

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
            () ->
                one(
                    new Object(),
                    new byte[1],
                    Thread.State.class,
                    Map.of(1, 2),
                    Map.of(List.of(), 2)),
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
      case EMAIL ->
          good
              ? one(
                  "Ada@shop.example ",
                  "bo+1@a.b-c.co",
                  "\"b o\"@shop.example",
                  "\u00e4\\@b.co",
                  "",
                  null)
              : badEmail();
      case PHONE_NUMBER ->
          good ? one("+358401234567", " +1 (212) 555-0100", " ", null) : badPhone();
      case EXTERNAL_ID -> good ? one("c-1", 17, 17L, 17.0, null) : badExternalId();
      default -> anything();
    };
  }

  private Object badEmail() {
    return one("ada", "ada@@shop.example", "a".repeat(90) + "@shop.example", 17, text());
  }

  private @Nullable Object badPhone() {
    return one("040 123", "+44 (0)20 7946 0958", "+123456", 358401234567L, text());
  }

  private @Nullable Object badExternalId() {
    return random.nextBoolean() ? "x".repeat(250 + random.nextInt(12)) : anything();
  }

  /** Text that takes 24,000 to 144,000 bytes: the model's sizes are not exact to the byte. */
  private String largeText() {
    return "."
        + one("\u0001", "\u00e9", "\u20ac", "\ud83d\ude00").repeat(12_000 + random.nextInt(12_000))
        + ".";
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
