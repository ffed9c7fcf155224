package io.github.klaviyoexport.testkit.assertj;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How much of profiles a failure may show: their shape, or everything. */
enum Privacy {
  MASKED {
    @Override
    String email(String email) {
      int at = email.lastIndexOf('@');
      if (at < 1) {
        return "…";
      }
      String domain = email.substring(at);
      String first = email.substring(0, email.offsetByCodePoints(0, 1));
      return first
          + "…"
          + (NOBODYS.matcher(domain.toLowerCase(Locale.ROOT)).find() ? domain : "@…");
    }

    @Override
    String id(String customerId) {
      return CustomerProfile.idAsText(customerId);
    }

    @Override
    String value(@Nullable Object value) {
      if (value instanceof String text) {
        return "a text of " + InWords.count(text.length(), "character");
      }
      if (value instanceof Collection<?> list) {
        return "a list of " + list.size();
      }
      if (value instanceof Map<?, ?> map) {
        return "a map of " + map.size();
      }
      if (value == null) {
        return "null";
      }
      return value instanceof Number ? "a number" : "a " + value.getClass().getSimpleName();
    }
  },

  SHOWN {
    @Override
    String email(String email) {
      return email;
    }

    @Override
    String id(String customerId) {
      return customerId;
    }

    @Override
    String value(@Nullable Object value) {
      return value instanceof String text ? '"' + text + '"' : String.valueOf(value);
    }
  };

  // Domains that are reserved for examples name no person; others can.
  private static final Pattern NOBODYS =
      Pattern.compile("[@.]((example|test|invalid|localhost)|example\\.(com|net|org))$");

  /** Returns what the system property says. */
  static Privacy byDefault() {
    return of(Boolean.getBoolean(FakeKlaviyo.SHOW_VALUES));
  }

  static Privacy of(boolean shown) {
    return shown ? SHOWN : MASKED;
  }

  abstract String email(String email);

  abstract String id(String customerId);

  abstract String value(@Nullable Object value);
}
