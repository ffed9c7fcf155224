package io.github.klaviyoexport.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.ProfileField;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Mappings are kept as JSON, all but functions. */
class MappingFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static FieldMapping again(FieldMapping mapping) throws Exception {
    ObjectNode node = JSON.createObjectNode();
    MappingFormat.write(mapping, node);
    JsonReader reader = new JsonReader(JSON.readTree(node.toString()), "mapping.");
    FieldMapping read = MappingFormat.read(reader);
    reader.checkAllKnown();
    return read;
  }

  @Test
  void a_mapping_that_is_kept_is_read_again_with_all_it_says() throws Exception {
    FieldMapping mapping =
        FieldMapping.identifiedBy(ProfileField.EXTERNAL_ID, "Id")
            .as(Conversion.trim())
            .map(ProfileField.EMAIL, "Mail")
            .phone("Phone", "FI")
            .phoneRegionFrom("Country")
            .firstName("First")
            .property("LTV")
            .as(Conversion.emptyWords("-").then(Conversion.decimal(Locale.GERMANY)))
            .orClear()
            .property("City", "address.city")
            .appendTo("Tags", "New")
            .as(Conversion.list(","))
            .removeFrom("Tags", "Old")
            .constant("Source", "the \"CRM\"")
            .constant("Score", 17)
            .constant("Share", 0.5)
            .constant("VIP", true)
            .constant(ProfileField.COUNTRY, "Finland")
            .allOthersPrefixed("crm_", "Secret", "Password")
            .as(Conversion.lowerCase())
            .orClear()
            .zone(ZoneId.of("Europe/Helsinki"));

    FieldMapping read = again(mapping);

    assertThat(MappingFormat.whyUnwritable(mapping)).isNull();
    assertThat(read.toString()).isEqualTo(mapping.toString().replace("Double", "BigDecimal"));
    assertThat(read).isEqualTo(mapping);
    assertThat(again(FieldMapping.email("E").allOthers()))
        .isEqualTo(FieldMapping.email("E").allOthers());
  }

  @Test
  void a_mapping_of_before_is_written_as_it_was() {
    ObjectNode node = JSON.createObjectNode();
    MappingFormat.write(FieldMapping.email("E").city("C").property("P", "Q"), node);

    assertThat(node)
        .hasToString(
            "{\"zone\":\"Z\",\"fields\":[{\"source\":\"E\",\"target\":\"EMAIL\"},"
                + "{\"source\":\"C\",\"target\":\"CITY\"},"
                + "{\"source\":\"Q\",\"target\":\"PROPERTY\",\"property\":\"P\"}]}");
  }

  @Test
  void what_cannot_be_written_is_named_with_advice() {
    FieldMapping email = FieldMapping.email("E");

    assertThat(MappingFormat.whyUnwritable(email.computed("Name", customer -> "x")))
        .isEqualTo(
            "properties.Name is computed by a function, which cannot be saved: have the source"
                + " compute it, and map its field");
    assertThat(MappingFormat.whyUnwritable(email.city("C").as(Conversion.of(text -> text))))
        .startsWith("the conversion of location.city holds a function, which cannot be saved");
    assertThat(MappingFormat.whyUnwritable(email.allOthers().as(Conversion.of(text -> text))))
        .startsWith("the conversion of all other fields holds a function");
    assertThat(MappingFormat.whyUnwritable(email.constant("P", new int[] {1})))
        .startsWith("the fixed value of properties.P is a list, which cannot be saved");
    assertThat(MappingFormat.whyUnwritable(email.constant("P", Map.of("a", 1))))
        .startsWith("the fixed value of properties.P is a map, which cannot be saved");
    for (Object value : List.of(Double.NaN, Locale.UK)) {
      assertThat(MappingFormat.whyUnwritable(email.constant("P", value)))
          .startsWith("the fixed value of properties.P is of type " + value.getClass().getName());
    }
    assertThat(MappingFormat.whyUnwritable(email.constant("P", new BigDecimal("0.10")))).isNull();
  }

  @Test
  void a_conversion_that_this_version_does_not_know_makes_the_mapping_unreadable() {
    assertThatThrownBy(
            () ->
                MappingFormat.read(
                    new JsonReader(
                        JSON.readTree(
                            "{\"zone\":\"Z\",\"fields\":[{\"source\":\"E\","
                                + "\"target\":\"EMAIL\",\"as\":\"rot13()\"}]}"),
                        "mapping.")))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("its 'mapping.fields[0].as' is nothing that this version knows");
  }
}
