package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.keys.Fingerprint;
import io.github.klaviyoexport.internal.row.CustomerIdentifiers;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What an identifier that cannot be read still shows of the one that was meant: the words of an
 * email address, one of which may be the name before the {@code @}, and the last digits of a phone
 * number.
 *
 * <p>A trace never makes a member a customer. It only keeps a member in the list that would leave.
 */
final class Traces {
  private static final int MAX_TEXT = 300;
  private static final int LAST_DIGITS = 7;
  private static final String BETWEEN_WORDS = "@;,:()<>[]\"\\";
  private static final String AROUND_WORDS = ".'";

  private Traces() {}

  /**
   * Passes on what is left of a customer's identifiers that cannot be read, as fingerprints that no
   * identifier has: one for each set of kinds by which a member may be known that cannot be told
   * from the customer.
   */
  static void ofCustomer(
      CustomerIdentifiers customer, Fingerprint fingerprint, Consumer<Fingerprint> each) {
    int telling = Doubt.kinds(customer.telling());
    for (Identifier unreadable : customer.unreadable()) {
      for (String left : left(unreadable)) {
        for (int known = 1; known < Doubt.KIND_SETS; known++) {
          if ((telling & known) == 0) {
            each.accept(fingerprint.of(unreadable.kind(), known + "\n" + left));
          }
        }
      }
    }
  }

  /** Passes on what would be left of a member's identifiers, likewise. */
  static void ofMember(ListMember member, Fingerprint fingerprint, Consumer<Fingerprint> each) {
    int known = Doubt.kindsOf(member);
    for (Identifier identifier : member.identifiers()) {
      String left = of(identifier);
      if (left != null) {
        each.accept(fingerprint.of(identifier.kind(), known + "\n" + left));
      }
    }
  }

  private static List<String> left(Identifier unreadable) {
    String text = unreadable.value();
    if (unreadable.kind() == ProfileField.PHONE_NUMBER) {
      String digits = lastDigits(text);
      return digits == null ? List.of() : List.of(digits);
    }
    return unreadable.kind() == ProfileField.EMAIL ? words(text) : List.of();
  }

  private static @Nullable String of(Identifier readable) {
    String text = readable.value();
    if (readable.kind() == ProfileField.PHONE_NUMBER) {
      return lastDigits(text);
    }
    int at = text.indexOf('@');
    return readable.kind() == ProfileField.EMAIL && at > 0 ? text.substring(0, at) : null;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int end = Math.min(text.length(), MAX_TEXT);
    int start = 0;
    for (int i = 0; i <= end; i++) {
      if (i == end || isBetweenWords(text.charAt(i))) {
        addBare(text, start, i, words);
        start = i + 1;
      }
    }
    return words;
  }

  private static boolean isBetweenWords(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || BETWEEN_WORDS.indexOf(c) >= 0;
  }

  private static void addBare(String text, int from, int to, List<String> words) {
    int start = from;
    int end = to;
    while (start < end && AROUND_WORDS.indexOf(text.charAt(start)) >= 0) {
      start++;
    }
    while (start < end && AROUND_WORDS.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    if (start < end) {
      words.add(text.substring(start, end));
    }
  }

  private static @Nullable String lastDigits(String text) {
    StringBuilder digits = new StringBuilder();
    for (int i = text.length() - 1; i >= 0 && digits.length() < LAST_DIGITS; i--) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        digits.append(c);
      }
    }
    return digits.length() < LAST_DIGITS ? null : digits.toString();
  }
}
