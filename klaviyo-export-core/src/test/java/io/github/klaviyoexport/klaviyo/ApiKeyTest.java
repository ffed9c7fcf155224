package io.github.klaviyoexport.klaviyo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A key is what secret stores give, without what they put around it; what else is wrong is named.
 */
class ApiKeyTest {
  private static final String KEY = "pk_0123456789abcdef";
  private static final String HEADER = "Klaviyo-API-Key " + KEY;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "%s\n",
        "%s\r\n",
        "\r\n%s",
        " %s ",
        "\t%s\t",
        "\uFEFF%s",
        "%s\uFEFF",
        "\uFEFF%s\r\n",
        "\u00A0%s\u200B",
        "\n\n %s \n\n",
        "%s\u0000",
        "%s\u2028"
      })
  void what_is_invisible_around_a_key_is_no_part_of_it_wherever_it_comes_from(String form) {
    String given = String.format(form, KEY);

    assertThat(ApiKey.of(given).value()).isEqualTo(KEY);
    assertThat(ApiKey.fromEnvironment("KEY", variable -> given)).isEqualTo(ApiKey.of(KEY));
    assertThat(KlaviyoConnection.of(ApiKey.of(given)).credentials())
        .isEqualTo(KlaviyoConnection.of(ApiKey.of(KEY)).credentials());
    assertThat(KlaviyoConnection.of(ApiKey.of(given)).credentials().authorization())
        .isEqualTo(HEADER);
    assertThat(KlaviyoConnection.oauth(() -> given).credentials().authorization())
        .isEqualTo("Bearer " + KEY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"#\"|has a quote at its ends, which is no part of it: take it off where the key is kept",
        "'#'|has a quote at its ends, which is",
        "\u201C#\u201D|has a quote at its ends, which is",
        "`#`|has a quote at its ends, which is",
        "\"#|has a quote at its beginning, which is",
        "#'|has a quote at its end, which is",
        "KLAVIYO_API_KEY=#|has a name before it, as in NAME=key: keep what follows the name alone",
        "export KLAVIYO_API_KEY='#'|has a name before it",
        "KLAVIYO_API_KEY = #|has a name before it",
        "klaviyo.api-key: #|has a name before it",
        "KLAVIYO_API_KEY:#|has a name before it",
        "Klaviyo-API-Key #|begins with the name of a header or its scheme, such as Bearer: leave",
        "klaviyo-api-key: #|begins with the name of a header",
        "Authorization: Klaviyo-API-Key #|begins with the name of a header",
        "Bearer #|begins with the name of a header",
        "{\"key\":\"#\"}|is text around a key or in place of one, such as JSON",
        "${KLAVIYO_API_KEY}|is text around a key or in place of one",
        "<your private key>|is text around a key or in place of one",
        "^#\n#^|holds a line break at character 20: keep one key alone there, in one line",
        "^#\r\n#^|holds a line break at character 20",
        "pk_01 #|holds U+0020 space at character 6, which no key has: copy the key again",
        "^pk_01\t#^|holds U+0009 tab at character 6",
        "pk_01\u00A0#|holds U+00A0 no-break space at character 6",
        "p\u043A_#|holds U+043A cyrillic small letter ka at character 2",
        "#\u2026|holds U+2026 horizontal ellipsis at character 20",
        "pk_\u0000#|holds U+0000 null at character 4: where it is kept, save it as UTF-8",
        "pk_****************cdef|holds a star at character 4, as keys do that are hidden",
        "a1B2c3|is a public key (6 characters), which cannot write: pass a private key.",
        "^ a1B2c3\n^|is a public key (6 characters)",
      })
  void what_is_no_key_is_named_and_not_shown(String form, String fault) {
    String given = form.replace("#", KEY);

    assertThatThrownBy(() -> ApiKey.of(given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("The API key " + fault)
        .message()
        .doesNotContain(KEY, "0123", "cdef", "a1B2c3");
    assertThatThrownBy(() -> ApiKey.fromEnvironment("K", variable -> given))
        .hasMessageStartingWith("The API key in the environment variable K " + fault);
    assertThatThrownBy(() -> KlaviyoConnection.oauth(() -> given).credentials().authorization())
        .hasMessageStartingWith("The OAuth access token " + fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "\uFEFF", "\u00A0\t\r\n"})
  void nothing_is_no_key(String given) {
    String empty = " is empty: pass a private key (Klaviyo: Settings > API keys).";

    assertThatThrownBy(() -> ApiKey.of(given)).hasMessage("The API key" + empty);
    assertThatThrownBy(() -> ApiKey.fromEnvironment("K", variable -> given))
        .hasMessage("The API key in the environment variable K" + empty);
    assertThatThrownBy(() -> KlaviyoConnection.oauth(() -> given).credentials().authorization())
        .hasMessage(
            "The OAuth access token is empty: let the supplier return one that Klaviyo issued.");
  }

  @Test
  void a_variable_that_is_not_set_is_named() {
    assertThatThrownBy(() -> ApiKey.fromEnvironment("NO_SUCH_VARIABLE"))
        .hasMessage(
            "The environment variable NO_SUCH_VARIABLE is not set: set it to a private API key"
                + " (Klaviyo: Settings > API keys).");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "dG9rZW4rLz==", "a=", "1//0g-x_y~z"})
  void a_token_of_any_shape_that_a_header_takes_is_one(String token) {
    assertThat(KlaviyoConnection.oauth(() -> token).credentials().authorization())
        .isEqualTo("Bearer " + token);
  }
}
