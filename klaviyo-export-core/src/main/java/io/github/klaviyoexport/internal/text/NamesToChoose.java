package io.github.klaviyoexport.internal.text;

import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names of a segment's fields, to choose from in a message about a field that is not among
 * them.
 *
 * @param names all names
 * @param unusable why a field that may be looked for is not among the names: a clause for each
 * @param advice what is said in place of the names, a clause; empty to list them
 */
public record NamesToChoose(List<String> names, Map<String, String> unusable, String advice) {
  private static final String NOT_SHOWN =
      "Its names are not shown, since some look like a customer's values: see that the first line"
          + " names the fields.";

  private static final int MOST_LISTED = 50;
  private static final int MOST_MEANT = 3;
  private static final int LONGEST = 100;

  /** Below this, that one name is part of another says little. */
  private static final int LONG_ENOUGH_TO_BE_A_PART = 4;

  /** A distance that is none. */
  private static final int FAR = Integer.MAX_VALUE;

  /** From this length on, a word with more digits than letters is a number of something. */
  private static final int LONG_ENOUGH_TO_BE_A_NUMBER = 4;

  private static final Pattern UUID =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  /**
   * Returns whether what stands for a name may be a customer's value, because there is no header or
   * another line was taken for it: it is an email address, has digits and no letter, or more digits
   * than letters as phone numbers, dates and keys have; or it begins as the address of a house
   * does, or is a UUID.
   */
  public static boolean mayBeValue(String name) {
    long digits = name.codePoints().filter(Character::isDigit).count();
    long letters = name.codePoints().filter(Character::isLetter).count();
    return EmailShape.fits(name)
        || digits > 0 && letters == 0
        || digits > letters && name.length() >= LONG_ENOUGH_TO_BE_A_NUMBER
        || digits > 0 && Character.isDigit(name.charAt(0)) && name.indexOf(' ') > 0
        || digits > 0 && UUID.matcher(name).matches();
  }

  /**
   * Returns whether any of these may be a customer's value. Then most likely all are, and none may
   * be shown.
   */
  public static boolean mayBeValues(Collection<String> names) {
    return names.stream().anyMatch(NamesToChoose::mayBeValue);
  }

  /** Returns a name that is not among these in quotes, with why or which may be meant. */
  public String missing(String name) {
    String why = unusable.get(name);
    if (why != null) {
      return VisibleText.quoted(name) + " (" + why + ")";
    }
    List<String> meant = advice.isEmpty() && !mayBeValues(names) ? meant(name) : List.of();
    return meant.isEmpty()
        ? VisibleText.quoted(name)
        : VisibleText.quoted(name)
            + meant.stream()
                .map(VisibleText::quoted)
                .collect(Collectors.joining(" or ", " (did you mean ", "?)"));
  }

  /** Returns a sentence of the names that there are, with its full stop. */
  public String listed() {
    if (!advice.isEmpty()) {
      return advice + ".";
    }
    if (names.isEmpty()) {
      return "It has none.";
    }
    if (mayBeValues(names)) {
      return NOT_SHOWN;
    }
    String more =
        names.size() > MOST_LISTED ? " and " + (names.size() - MOST_LISTED) + " more." : ".";
    return names.stream()
        .limit(MOST_LISTED)
        .map(
            name ->
                name.length() > LONGEST
                    ? VisibleText.quoted(name.substring(0, LONGEST)) + "..."
                    : VisibleText.quoted(name))
        .collect(Collectors.joining(", ", "It has: ", more));
  }

  private List<String> meant(String name) {
    String wanted = letters(name);
    return names.stream()
        .filter(candidate -> candidate.length() <= LONGEST)
        .map(candidate -> Map.entry(candidate, distance(wanted, letters(candidate))))
        .filter(candidate -> candidate.getValue() < FAR)
        .sorted(Comparator.comparingInt(Map.Entry::getValue))
        .limit(MOST_MEANT)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns what of a name is left when case, accents, spaces and punctuation do not count. */
  private static String letters(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKD)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(Character::isLetterOrDigit)
        .limit(LONGEST)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static int distance(String wanted, String candidate) {
    if (wanted.isEmpty() || candidate.isEmpty()) {
      return FAR;
    }
    int shorter = Math.min(wanted.length(), candidate.length());
    int edits = edits(wanted, candidate);
    if (edits <= Math.max(1, shorter / 4) && edits < shorter) {
      return edits;
    }
    boolean part = wanted.contains(candidate) || candidate.contains(wanted);
    return part && shorter >= LONG_ENOUGH_TO_BE_A_PART ? edits : FAR;
  }

  /** Returns how many letters must be put in, taken out or changed to come from one to another. */
  private static int edits(String from, String to) {
    int[] before = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int[] now = new int[to.length() + 1];
      now[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int changed = before[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        now[j] = Math.min(changed, 1 + Math.min(before[j], now[j - 1]));
      }
      before = now;
    }
    return before[to.length()];
  }
}
