package io.github.klaviyoexport.testkit.internal.account;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentifierIndexTest {
  private final IdentifierIndex index = new IdentifierIndex();
  private final List<String> identifiers = new ArrayList<>();

  private int find(String identifier) {
    return index.find(identifier, number -> identifiers.get(number).equals(identifier));
  }

  @Test
  void finds_what_a_map_finds_whatever_comes_and_goes() {
    long seed = 20_260_901;
    Random random = new Random(seed);
    Map<String, Integer> model = new HashMap<>();
    for (int step = 0; step < 100_000; step++) {
      String identifier = "customer" + random.nextInt(5_000);
      Integer known = model.get(identifier);
      assertThat(find(identifier))
          .as("seed %s step %s", seed, step)
          .isEqualTo(known == null ? -1 : known);
      if (known == null) {
        identifiers.add(identifier);
        index.add(identifier, identifiers.size() - 1);
        model.put(identifier, identifiers.size() - 1);
      } else if (random.nextBoolean()) {
        index.remove(identifier, known);
        model.remove(identifier);
      }
    }
  }

  @Test
  void equal_hashes_are_told_apart_by_looking() {
    identifiers.addAll(List.of("one", "other"));
    index.add("same", 0);
    index.add("same", 1);

    assertThat(index.find("same", number -> identifiers.get(number).equals("other"))).isEqualTo(1);
    assertThat(index.find("same", number -> false)).isEqualTo(-1);
  }
}
