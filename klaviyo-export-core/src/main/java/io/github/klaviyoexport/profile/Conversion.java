package io.github.klaviyoexport.profile;

import io.github.klaviyoexport.internal.convert.DateText;
import io.github.klaviyoexport.internal.convert.JsonText;
import io.github.klaviyoexport.internal.convert.NumberText;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule by which one value is made of another, mostly of text: the same wherever a value comes
 * from.
 *
 * {@snippet class="io.github.klaviyoexport.profile.ConversionTest" region="conversions"}
 *
 * <p>It is strict: a text is read as a whole, in the one form that was named, or it is an {@link
 * Unreadable} with the reason, which never quotes it. Nothing depends on the locale or time zone of
 * the machine. White space and other invisible characters around a text are no part of it, and text
 * of nothing else is no value. No value stays none, and what is unreadable stays so. A value that
 * is what the text would stand for already, a number for {@link #number()} for example, is left as
 * it is. Of a list, each element is converted by itself.
 *
 * <p>Instances are immutable, and safe for use by many threads if one's own functions are.
 */
public final class Conversion {
  static final String YES = "=yes";
  static final String NO = "=no";

  private static final int MAX_ZEROS = 100;
  private static final Set<String> USUAL_YES = Set.of("true", "t", "yes", "y", "on", "1");
  private static final Set<String> USUAL_NO = Set.of("false", "f", "no", "n", "off", "0");

  private final List<ConversionStep> steps;

  private Conversion(List<ConversionStep> steps) {
    this.steps = List.copyOf(steps);
  }

  private static Conversion single(
      String name, List<String> arguments, Function<Object, @Nullable Object> function) {
    return new Conversion(List.of(ConversionStep.ofSingle(name, arguments, function)));
  }

  /**
   * Reads a number exactly as written: digits with at most one decimal point, which may have a sign
   * and an exponent. Groups of digits are none.
   */
  public static Conversion number() {
    return single("number", List.of(), reading(NumberText::exact, Number.class::isInstance));
  }

  /**
   * Reads a number as people of a language write it: {@code 1.234,50} with {@link Locale#GERMANY}.
   * Groups are of three digits each, the first without a zero in front, or there are none; where
   * they are set apart by spaces or apostrophes, any kind of those will do.
   */
  public static Conversion decimal(Locale locale) {
    NumberText numbers = NumberText.of(locale);
    return single(
        "decimal",
        List.of(locale.toLanguageTag()),
        reading(numbers::read, Number.class::isInstance));
  }

  /**
   * Reads {@code true, t, yes, y, on, 1} and {@code false, f, no, n, off, 0}, whatever the case.
   */
  public static Conversion yesNo() {
    return yesNo(USUAL_YES, USUAL_NO);
  }

  /**
   * Reads words that stand for true and false, whatever their case.
   *
   * @throws IllegalArgumentException if there are no words for one of them, or one word for both
   */
  public static Conversion yesNo(Set<String> yes, Set<String> no) {
    Map<String, Object> meanings = new HashMap<>();
    List<String> arguments = new ArrayList<>();
    for (String word : folded(yes)) {
      meanings.put(word, true);
      arguments.add(word + YES);
    }
    for (String word : folded(no)) {
      if (meanings.put(word, false) != null) {
        throw new IllegalArgumentException(
            "The word '" + word + "' stands for both yes and no: let it stand for one.");
      }
      arguments.add(word + NO);
    }
    Unreadable unknown = Unreadable.because("none of the words for yes and no");
    Function<Object, @Nullable Object> reading =
        reading(text -> meanings.getOrDefault(fold(text), unknown), Boolean.class::isInstance);
    return single(
        "yesNo",
        arguments,
        value -> reading.apply(value instanceof Number number ? digits(number) : value));
  }

  /**
   * Reads a date in the form of a {@link java.time.format.DateTimeFormatter} pattern, such as
   * {@code dd.MM.yyyy}. Names of months are English, whatever their case; a day that no calendar
   * has is no date.
   *
   * @throws IllegalArgumentException if the pattern is none or does not say one date; a year of two
   *     digits does not
   */
  public static Conversion date(String pattern) {
    DateText dates = DateText.date(pattern);
    return single("date", List.of(pattern), reading(dates::read, Conversion::isDate));
  }

  /**
   * Reads a point in time in the form of a {@link java.time.format.DateTimeFormatter} pattern, such
   * as {@code dd.MM.yyyy HH:mm}.
   *
   * <p>The offset or zone that the text itself gives goes before the one given here. A time that
   * clocks have skipped is unreadable; of two hours that they have shown twice it is the first.
   *
   * @throws IllegalArgumentException if the pattern is none or does not say one date and time of
   *     day
   */
  public static Conversion dateTime(String pattern, ZoneId zone) {
    DateText times = DateText.dateTime(pattern, zone);
    Function<Object, @Nullable Object> reading = reading(times::read, Conversion::isTime);
    return single(
        "dateTime",
        List.of(pattern, zone.getId()),
        value -> value instanceof LocalDateTime local ? times.at(local) : reading.apply(value));
  }

  /**
   * Divides a text into a list. Parts lose the invisible characters around them, and parts of
   * nothing else are left out.
   *
   * @param separator what stands between the parts
   * @throws IllegalArgumentException if the separator is empty
   */
  public static Conversion list(String separator) {
    if (separator.isEmpty()) {
      throw new IllegalArgumentException(
          "The separator of a list is empty: name what stands between its parts.");
    }
    Pattern between = Pattern.compile(separator, Pattern.LITERAL);
    Function<Object, @Nullable Object> reading =
        reading(
            text ->
                Arrays.stream(between.split(text))
                    .map(InvisibleCharacters::strip)
                    .filter(part -> !part.isEmpty())
                    .toList(),
            value -> value instanceof Collection || value.getClass().isArray());
    return new Conversion(List.of(ConversionStep.ofAny("list", List.of(separator), reading)));
  }

  /**
   * Reads JSON: one value, of which an object becomes a {@code Map} and an array a {@code List};
   * numbers are kept exactly. A value that is no text is left as it is.
   */
  public static Conversion json() {
    return new Conversion(
        List.of(ConversionStep.ofAny("json", List.of(), reading(JsonText::read, any -> true))));
  }

  /**
   * Takes white space and other invisible characters off both ends of a text, as rows do anyway.
   */
  public static Conversion trim() {
    return single("trim", List.of(), reading(text -> text, any -> true));
  }

  /** Writes text in lower case, by the same rules in every language. */
  public static Conversion lowerCase() {
    return single(
        "lowerCase", List.of(), reading(text -> text.toLowerCase(Locale.ROOT), any -> true));
  }

  /** Writes text in upper case, by the same rules in every language. */
  public static Conversion upperCase() {
    return single(
        "upperCase", List.of(), reading(text -> text.toUpperCase(Locale.ROOT), any -> true));
  }

  /**
   * Takes some words for no value, such as {@code N/A} and {@code NULL}; upper and lower case are
   * told apart.
   *
   * @throws IllegalArgumentException if there are no words
   */
  public static Conversion emptyWords(String... words) {
    Set<String> empty = new TreeSet<>(Arrays.asList(words));
    if (empty.isEmpty()) {
      throw new IllegalArgumentException(
          "No word stands for an empty value: name some, or leave the conversion out.");
    }
    return single(
        "emptyWords",
        List.copyOf(empty),
        reading(text -> empty.contains(text) ? null : text, any -> true));
  }

  /**
   * Converts by a function of one's own.
   *
   * @param function returns the new value, {@code null} for none, or an {@link Unreadable}; it is
   *     not asked about values that are {@code null}. If it throws, the value is unreadable; the
   *     type of the exception is the reason, not its message
   */
  public static Conversion of(Function<Object, ? extends @Nullable Object> function) {
    return new Conversion(
        List.of(ConversionStep.own(Objects.requireNonNull(function, "function"))));
  }

  /**
   * Reads a conversion that is written as {@link #toString()} does: {@code trim(),
   * date('dd.MM.yyyy')} for example.
   *
   * @throws IllegalArgumentException if there is no such conversion
   */
  public static Conversion parse(String text) {
    return new ConversionText(text).read();
  }

  /** Returns the conversion that does this one first and then another. */
  public Conversion then(Conversion next) {
    List<ConversionStep> all = new ArrayList<>(steps);
    all.addAll(next.steps);
    return new Conversion(all);
  }

  /**
   * Converts a value.
   *
   * @return the new value; {@code null} for none; or an {@link Unreadable}
   */
  public @Nullable Object apply(@Nullable Object value) {
    Object result = value;
    for (int i = 0; i < steps.size() && result != null && !(result instanceof Unreadable); i++) {
      result = steps.get(i).apply(result);
    }
    return result;
  }

  /**
   * Returns whether {@link #toString()} says all there is to know, so that {@link #parse} can read
   * it again: not if a function of one's own is part of it.
   */
  public boolean isDescribable() {
    return steps.stream().allMatch(ConversionStep::isDescribable);
  }

  private static Function<Object, @Nullable Object> reading(
      Function<String, @Nullable Object> reader, Predicate<Object> isRead) {
    return value -> {
      if (value instanceof CharSequence text) {
        String stripped = InvisibleCharacters.strip(text.toString());
        return stripped.isEmpty() ? null : reader.apply(stripped);
      }
      return isRead.test(value)
          ? value
          : Unreadable.because("of the type " + value.getClass().getTypeName() + ", and no text");
    };
  }

  private static Set<String> folded(Set<String> words) {
    Set<String> folded = words.stream().map(Conversion::fold).collect(Collectors.toSet());
    if (folded.isEmpty() || folded.contains("")) {
      throw new IllegalArgumentException(
          "There are no words, or an empty one, for yes or no: name words for both. What is empty"
              + " is no value.");
    }
    return new TreeSet<>(folded);
  }

  private static String fold(String word) {
    return InvisibleCharacters.strip(word).toLowerCase(Locale.ROOT);
  }

  private static String digits(Number number) {
    // An exponent may stand for two thousand million zeros.
    return number instanceof BigDecimal exact && Math.abs((long) exact.scale()) <= MAX_ZEROS
        ? exact.stripTrailingZeros().toPlainString()
        : number.toString();
  }

  /** Returns whether a value is a date; of {@code java.sql}, which may be missing, by its name. */
  private static boolean isDate(Object value) {
    return value instanceof LocalDate || value.getClass().getName().equals("java.sql.Date");
  }

  private static boolean isTime(Object value) {
    return value instanceof Instant
        || value instanceof OffsetDateTime
        || value instanceof ZonedDateTime
        || value.getClass() == Date.class
        || value.getClass().getName().equals("java.sql.Timestamp");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Conversion that && steps.equals(that.steps);
  }

  @Override
  public int hashCode() {
    return steps.hashCode();
  }

  /** Returns the conversions in their order, such as {@code trim(), date('dd.MM.yyyy')}. */
  @Override
  public String toString() {
    return steps.stream().map(ConversionStep::toString).collect(Collectors.joining(", "));
  }
}
