package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Phone numbers that are read as they are dialled within a region. */
class RegionalPhoneTest extends WrittenRows {
  private static final FieldMapping FINNISH = FieldMapping.email("Email").phone("Phone", "FI");

  private String phone(FieldMapping mapping, Object... namesAndValues) {
    List<Object> all = new ArrayList<>(List.of("Email", "a@b.co"));
    all.addAll(java.util.Arrays.asList(namesAndValues));
    String row = row(mapping, all.toArray());
    String before = "{\"type\":\"profile\",\"attributes\":{\"email\":\"a@b.co\"";
    String rest = row.substring(before.length(), row.length() - 2);
    return rest.isEmpty()
        ? null
        : rest.substring(",\"phone_number\":\"".length(), rest.length() - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "040 123 4567, FI, +358401234567",
    "(040) 123-4567, FI, +358401234567",
    "+358 (0)40 123 4567, FI, +358401234567",
    "00358 40 1234567, FI, +358401234567",
    "0046 70 123 45 67, FI, +46701234567",
    "Tel. 040/1234567, FI, +358401234567",
    "020 7946 0958, GB, +442079460958",
    "+39 06 6982, US, +39066982",
    "06 6982, IT, +39066982",
    "(415) 555-2671, US, +14155552671",
    "+380993456789, FI, +380993456789",
    "043 201 234, XK, +38343201234",
    "043 201 234, xkx, +38343201234",
    "62889, AC, +24762889",
    "٠٤٠١٢٣٤٥٦٧, FI, +358401234567",
  })
  void a_number_is_read_as_it_is_dialled_in_its_region(String text, String region, String number) {
    assertThat(phone(FieldMapping.email("Email").phone("Phone", region), "Phone", text))
        .isEqualTo(number);
    assertThat(rejections).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "040 123 4567 ext. 2",
        "040 CALL NOW",
        "12",
        "040 123 4567, 040 765 4321",
        "0401234567/68",
        "+"
      })
  void what_is_not_one_number_is_malformed(String text) {
    assertThat(phone(FINNISH, "Phone", text)).isNull();
    assertThat(rejections)
        .extracting(Rejection::reason)
        .isSubsetOf(Reason.PHONE_MALFORMED, Reason.PHONE_IMPOSSIBLE)
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+358 0000000", "040 12", "+1 555 000 0000", "+999 1234567890"})
  void a_number_that_no_numbering_plan_has_is_reported(String text) {
    assertThat(phone(FINNISH, "Phone", text)).isNull();
    assertThat(rejections).hasSize(1);
  }

  @Test
  void that_a_number_cannot_exist_is_a_reason_of_its_own() {
    assertThat(phone(FINNISH, "Phone", "+1 555 000 0000")).isNull();
    assertThat(rejections)
        .containsExactly(Rejection.ofField("c-1", "Phone", Reason.PHONE_IMPOSSIBLE));
    assertThat(phone(FieldMapping.email("Email").phone("Phone"), "Phone", "+1 555 000 0000"))
        .as("without a region nothing is looked up")
        .isEqualTo("+15550000000");
  }

  @Test
  void the_region_may_be_the_customers() {
    FieldMapping mapping = FieldMapping.email("Email").phone("Phone").phoneRegionFrom("Country");

    assertThat(phone(mapping, "Phone", "040 123 4567", "Country", "fi")).isEqualTo("+358401234567");
    assertThat(phone(mapping, "Phone", "040 123 4567", "Country", "FIN"))
        .isEqualTo("+358401234567");
    assertThat(phone(mapping, "Phone", "020 7946 0958", "Country", Locale.UK))
        .isEqualTo("+442079460958");
    assertThat(phone(mapping, "Phone", "+358401234567")).isEqualTo("+358401234567");
    assertThat(rejections).isEmpty();
  }

  @Test
  void the_mappings_region_stands_in_where_the_customer_has_none_but_not_for_one_unknown() {
    FieldMapping mapping = FINNISH.phoneRegionFrom("Country");

    assertThat(phone(mapping, "Phone", "040 123 4567", "Country", " ")).isEqualTo("+358401234567");
    assertThat(phone(mapping, "Phone", "+46 70 123 45 67", "Country", "Ruritania"))
        .isEqualTo("+46701234567");
    assertThat(rejections).isEmpty();
    assertThat(phone(mapping, "Phone", "040 123 4567", "Country", "Ruritania")).isNull();
    assertThat(rejections)
        .containsExactly(
            Rejection.ofField("c-1", "Phone", Reason.PHONE_MALFORMED)
                .withCode("it has no country code, and its region is no country code such as FI"));
  }

  @Test
  void a_number_without_any_region_says_so() {
    FieldMapping mapping = FieldMapping.email("Email").phone("Phone").phoneRegionFrom("Country");

    assertThat(phone(mapping, "Phone", "040 123 4567")).isNull();
    assertThat(rejections)
        .extracting(Rejection::code)
        .containsExactly("it has no country code, and no region is given");
  }

  @Test
  void a_mirror_knows_a_customer_by_the_number_that_is_sent() {
    CustomerIdentifiers identifiers = new CustomerIdentifiers(FINNISH);
    identifiers.look(profile("Email", "a@b.co", "Phone", "040 123 4567"));

    assertThat(identifiers.found())
        .contains(new Identifier(ProfileField.PHONE_NUMBER, "+358401234567"));
  }

  @Test
  void a_region_that_is_none_is_refused_when_the_mapping_is_made() {
    for (String none : List.of("XX", "Finland", "", "EU", "001")) {
      assertThatThrownBy(() -> FieldMapping.email("Email").phone("Phone", none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "There are no phone numbers of a region '"
                  + none
                  + "': name a country by the two letters of ISO 3166, such as FI.");
    }
    assertThat(FieldMapping.email("Email").phone("Phone", "fi")).isEqualTo(FINNISH);
    assertThatThrownBy(() -> FieldMapping.email("Email").phoneRegion("FI"))
        .hasMessageContaining("map the phone number first");
  }

  @Test
  void the_field_with_the_region_must_be_there() {
    assertThatThrownBy(
            () -> FINNISH.phoneRegionFrom("Country").checkAgainst(FieldNames.of("Email", "Phone")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'Country'");
  }

  @Test
  void without_the_library_a_region_is_refused_with_advice_and_e164_is_taken() throws Exception {
    try (URLClassLoader without =
        new URLClassLoader(classPathWithoutLibrary(), ClassLoader.getPlatformClassLoader())) {
      Class<?> type = without.loadClass(FieldMapping.class.getName());
      Object mapping = type.getMethod("email", String.class).invoke(null, "Email");
      assertThat(type.getMethod("phone", String.class).invoke(mapping, "Phone")).isNotNull();
      Method withRegion = type.getMethod("phone", String.class, String.class);

      assertThatThrownBy(() -> withRegion.invoke(mapping, "Phone", "FI"))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("add com.googlecode.libphonenumber:libphonenumber");
    }
  }

  private static URL[] classPathWithoutLibrary() throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.contains("libphonenumber")) {
        urls.add(new File(entry).toURI().toURL());
      }
    }
    return urls.toArray(URL[]::new);
  }
}
