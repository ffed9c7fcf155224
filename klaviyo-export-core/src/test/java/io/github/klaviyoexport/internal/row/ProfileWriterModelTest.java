package io.github.klaviyoexport.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The writer says of thousands of random profiles what a model says that is as plain as can be. */
class ProfileWriterModelTest {
  private static final int PROFILES = 20_000;
  private static final int PROFILES_PER_MAPPING = 100;

  @Test
  void writes_and_reports_what_the_model_says_for_20000_random_profiles() throws IOException {
    long seed = 1_618_033;
    Set<Reason> met = EnumSet.noneOf(Reason.class);
    int written = 0;
    for (int i = 0; i < PROFILES / PROFILES_PER_MAPPING; i++) {
      RandomProfiles random = new RandomProfiles(new Random(seed + i));
      FieldMapping mapping = random.mapping();
      RowWriter writer = new RowWriter(mapping);
      for (int j = 0; j < PROFILES_PER_MAPPING; j++) {
        CustomerProfile profile = random.profile(mapping);
        RowModel model = new RowModel(mapping, profile);
        List<Rejection> rejections = new ArrayList<>();

        boolean row = writer.write(profile, rejections::add);

        String description = "seed " + (seed + i) + ", profile " + j + ", " + mapping;
        assertThat(rejections)
            .as(description)
            .containsExactlyInAnyOrderElementsOf(model.rejections());
        assertThat(row).as(description).isEqualTo(model.row() != null);
        if (row) {
          assertThat(parsed(writer)).as(description).isEqualTo(model.row());
          assertThat(writer.identifierKind()).as(description).isEqualTo(model.identifierKind);
          assertThat(writer.identifier()).as(description).isEqualTo(model.identifier);
          written++;
        }
        rejections.forEach(rejection -> met.add(rejection.reason()));
      }
    }
    assertThat(written).isBetween(PROFILES / 2, PROFILES * 9 / 10);
    assertThat(met)
        .containsExactlyInAnyOrderElementsOf(
            EnumSet.range(Reason.NO_IDENTIFIER, Reason.UNSUPPORTED_TYPE));
  }

  private static Map<String, Object> parsed(RowWriter writer) throws IOException {
    String text;
    try {
      // Unlike a JSON parser, this decoder lets no malformed UTF-8 through.
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(writer.bytes(), 0, writer.length()))
              .toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("The row is not UTF-8.", e);
    }
    return RowModel.JSON.readValue(text, new TypeReference<>() {});
  }
}
