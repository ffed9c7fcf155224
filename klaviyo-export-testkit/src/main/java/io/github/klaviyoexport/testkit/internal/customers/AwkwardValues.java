package io.github.klaviyoexport.testkit.internal.customers;

import io.github.klaviyoexport.profile.CustomerProfile;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values that Klaviyo takes and that programs on the way stumble over. */
public final class AwkwardValues {
  /** How many planes Unicode has. */
  static final int PLANES = 17;

  static final List<String> NAMES =
      List.of(
          "O'Brien",
          "D’Arcy",
          "Y",
          "Null",
          "True",
          "Ng",
          "X Æ A-12",
          "Renée-Zoë van der Berg",
          "Zoe\u0308",
          "ﬁona",
          "İpek Işıl",
          "Straße",
          "محمد عبد الله",
          "\u202Eybba\u202C",
          "נועה (Noa)",
          "👩‍👩‍👧‍👦",
          "Z̷a̷l̷g̷o̷",
          "No\u200Bgap",
          "José María de la Santísima Trinidad y de Todos los Santos",
          "Wolfeschlegelsteinhausenbergerdorff".repeat(5));

  static final List<String> TEXTS =
      List.of(
          "'; DROP TABLE customers; --",
          "<script>alert('hello')</script>",
          "\"},{\"type\":\"profile\"}]}}",
          "=HYPERLINK(\"http://shop.example\")",
          "@SUM(1+1)",
          "{{ person.email }} {% raw %}",
          "${jndi:ldap://127.0.0.1/a}",
          "%s %n %00 %2B",
          "../../etc/passwd",
          "C:\\new\\table",
          "\"quoted\", 'twice'",
          "null",
          "undefined",
          "NaN",
          "0",
          "-1e309",
          "two\r\nlines\tand a tab",
          "two\u2028lines\u2029and a page\f",
          "\uFEFFmarked",
          "\u0001\u001F\u007F",
          "a;b,c|d",
          "long".repeat(2_000));

  private static final double[] NUMBERS = {0, 0.1 + 0.2, -0.01, 1e-7, 123456789012345.0};

  private static final int MAX_EMAIL = 100;

  private AwkwardValues() {}

  /** Returns the customer with the awkward values of that number. */
  public static CustomerProfile in(CustomerProfile customer, int number) {
    @Nullable Object[] values = new @Nullable Object[customer.fields().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (customer.fields().names().get(i)) {
            case "EMailAddress" -> email(String.valueOf(customer.value(i)), number);
            case "FirstName" -> NAMES.get(number % NAMES.size());
            case "LastName" -> ofPlane(number % PLANES);
            case "Company", "JobTitle" -> TEXTS.get(number % TEXTS.size());
            case "LifetimeValue" -> NUMBERS[number % NUMBERS.length];
            case "Interests" -> List.of(TEXTS.get(number % TEXTS.size()), "", " ");
            default -> customer.value(i);
          };
    }
    return CustomerProfile.of(customer.id(), customer.fields(), values);
  }

  /** Returns a name with a character of that plane, counted from 0. */
  private static String ofPlane(int plane) {
    return "P" + Character.toString((plane << 16) | 0x348);
  }

  private static String email(String email, int number) {
    int at = email.indexOf('@');
    return switch (number % 6) {
      case 0 -> email.substring(0, at) + "+news.letter" + email.substring(at);
      case 1 -> email.substring(0, 1).toUpperCase(Locale.ROOT) + email.substring(1);
      case 2 -> "_%-" + email;
      case 3 -> "x".repeat(MAX_EMAIL - email.length()) + email;
      case 4 -> email.replace("@", "@mail.eu-1.");
      default -> email;
    };
  }
}
