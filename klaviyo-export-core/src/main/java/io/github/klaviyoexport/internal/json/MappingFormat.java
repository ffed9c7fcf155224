package io.github.klaviyoexport.internal.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.MappedField.Change;
import io.github.klaviyoexport.profile.OtherFields;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Unreadable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The format of mappings, by themselves and in saved exports. What a line has beyond source and
 * target is left out where it has none, as in documents of a time before it could be said.
 */
public final class MappingFormat {
  private static final String LINE_RULE =
      "a line fills what no other line fills, and says only what can be said of its target";

  private MappingFormat() {}

  /**
   * Returns a mapping as a document.
   *
   * @throws IllegalStateException if it cannot be written; the message says why, with advice
   */
  public static String toJson(FieldMapping mapping) {
    checkWritable(mapping);
    return JsonDocument.written(to -> write(mapping, to));
  }

  /**
   * Checks that a mapping can be written.
   *
   * @throws IllegalStateException if it cannot; the message says why, with advice
   */
  public static void checkWritable(FieldMapping mapping) {
    String unwritable = whyUnwritable(mapping);
    if (unwritable != null) {
      throw new IllegalStateException("The mapping cannot be written as JSON: " + unwritable + ".");
    }
  }

  /**
   * Reads a document that holds a mapping.
   *
   * @throws IllegalArgumentException if it cannot be read; the message says why
   */
  public static FieldMapping fromJson(String json) {
    return JsonDocument.read("a field mapping", json, MappingFormat::read);
  }

  private static String kind(Object constant) {
    if (constant instanceof Map) {
      return "a map";
    }
    return constant instanceof Collection
        ? "a list"
        : "of type " + constant.getClass().getTypeName();
  }

  /** Returns why a mapping cannot be written, with advice; {@code null} if it can. */
  public static @Nullable String whyUnwritable(FieldMapping mapping) {
    for (MappedField line : mapping.fields()) {
      Object constant = line.constant();
      if (line.isComputed()) {
        return line.path()
            + " is computed by a function, which cannot be saved: have the source compute it, and"
            + " map its field";
      }
      if (constant != null && json(constant) == null) {
        return "the fixed value of "
            + line.path()
            + " is "
            + kind(constant)
            + ", which cannot be saved: give it as text, a number or a boolean";
      }
      if (line.conversion() != null && !line.conversion().isDescribable()) {
        return unwritable(line.path());
      }
    }
    OtherFields others = mapping.others();
    return others == null || others.conversion() == null || others.conversion().isDescribable()
        ? null
        : unwritable("all other fields");
  }

  private static String unwritable(String what) {
    return "the conversion of "
        + what
        + " holds a function, which cannot be saved: use the conversions of the library, or have"
        + " the source convert it";
  }

  /** Writes a mapping that can be written. */
  public static void write(FieldMapping mapping, ObjectNode to) {
    to.put("zone", mapping.zone().getId());
    ArrayNode fields = to.putArray("fields");
    mapping.fields().forEach(line -> write(line, fields.addObject()));
    OtherFields others = mapping.others();
    if (others != null) {
      ObjectNode node = to.putObject("others").put("prefix", others.prefix());
      ArrayNode except = node.putArray("except");
      new TreeSet<>(others.except()).forEach(except::add);
      JsonDocument.put(node, "as", others.conversion());
      if (others.isClearing()) {
        node.put("clears", true);
      }
    }
  }

  private static void write(MappedField line, ObjectNode to) {
    to.put("source", line.source()).put("target", line.target().name());
    JsonDocument.put(to, "property", line.property());
    JsonDocument.put(to, "change", line.change() == Change.SET ? null : line.change().name());
    JsonDocument.put(to, "constant", line.constant() == null ? null : json(line.constant()));
    JsonDocument.put(to, "as", line.conversion());
    JsonDocument.put(to, "phone_region", line.phoneRegion());
    JsonDocument.put(to, "phone_region_from", line.phoneRegionField());
    if (line.isClearing()) {
      to.put("clears", true);
    }
  }

  /** Returns a single value as JSON text; {@code null} if it is none of JSON's. */
  private static @Nullable String json(Object value) {
    if (value instanceof String text) {
      return TextNode.valueOf(text).toString();
    }
    if (value instanceof Double || value instanceof Float) {
      return Double.isFinite(((Number) value).doubleValue()) ? value.toString() : null;
    }
    return value instanceof Boolean
            || value instanceof Integer
            || value instanceof Long
            || value instanceof Short
            || value instanceof Byte
            || value instanceof BigInteger
            || value instanceof BigDecimal
        ? value.toString()
        : null;
  }

  /** Reads a mapping. */
  public static FieldMapping read(JsonReader from) throws UnreadableException {
    FieldMapping mapping = null;
    for (JsonReader line : from.objects("fields")) {
      FieldMapping before = mapping;
      mapping = line.madeOfAll(LINE_RULE, () -> withLine(line, before));
    }
    if (mapping == null) {
      throw new UnreadableException("its mapping is empty");
    }
    JsonReader others = from.objectOrNull("others");
    FieldMapping lines = mapping;
    FieldMapping all =
        others == null ? lines : others.made("prefix", () -> withOthers(others, lines));
    ZoneId zone = from.zoneOrNull("zone");
    return zone == null ? all : all.zone(zone);
  }

  private static FieldMapping withLine(JsonReader line, @Nullable FieldMapping before)
      throws UnreadableException {
    FieldMapping with = line(line, before);
    Conversion conversion = line.valueOrNull("as", Conversion::parse);
    with = conversion == null ? with : with.as(conversion);
    with = Boolean.TRUE.equals(line.flagOrNull("clears")) ? with.orClear() : with;
    return withRegion(line, with);
  }

  private static FieldMapping line(JsonReader line, @Nullable FieldMapping before)
      throws UnreadableException {
    ProfileField target = line.value("target", ProfileField::valueOf);
    String source = line.text("source");
    if (before == null) {
      return FieldMapping.identifiedBy(target, source);
    }
    String fixed = line.textOrNull("constant");
    Object constant = fixed == null ? null : line.made("constant", () -> constant(fixed));
    if (target != ProfileField.PROPERTY) {
      return constant == null ? before.map(target, source) : before.constant(target, constant);
    }
    String property = line.text("property");
    if (constant != null) {
      return before.constant(property, constant);
    }
    Change change = line.valueOrNull("change", Change::valueOf);
    return switch (change == null ? Change.SET : change) {
      case SET -> before.property(property, source);
      case APPEND -> before.appendTo(property, source);
      case REMOVE -> before.removeFrom(property, source);
    };
  }

  private static Object constant(String json) {
    Object value = Conversion.json().apply(json);
    if (value == null || value instanceof Unreadable || json(value) == null) {
      throw new IllegalArgumentException("That is no value.");
    }
    return value;
  }

  private static FieldMapping withRegion(JsonReader line, FieldMapping mapping)
      throws UnreadableException {
    if (!line.text("target").equals(ProfileField.PHONE_NUMBER.name())) {
      return mapping;
    }
    FieldMapping with = line.valueOrNull("phone_region", mapping::phoneRegion);
    with = with == null ? mapping : with;
    FieldMapping from = line.valueOrNull("phone_region_from", with::phoneRegionFrom);
    return from == null ? with : from;
  }

  private static FieldMapping withOthers(JsonReader others, FieldMapping mapping)
      throws UnreadableException {
    String[] except =
        others.has("except")
            ? others.values("except", name -> name).toArray(String[]::new)
            : new String[0];
    String prefix = others.textOrNull("prefix");
    FieldMapping with = mapping.allOthersPrefixed(prefix == null ? "" : prefix, except);
    Conversion conversion = others.valueOrNull("as", Conversion::parse);
    with = conversion == null ? with : with.as(conversion);
    return Boolean.TRUE.equals(others.flagOrNull("clears")) ? with.orClear() : with;
  }
}
