package io.github.klaviyoexport.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The inputs that were written by hand, and those that fuzzing once found something with. */
class FuzzCorpusTest {
  static List<Arguments> inputs() throws IOException {
    List<Arguments> inputs = new ArrayList<>();
    for (FuzzTarget target : FuzzTarget.values()) {
      for (Path file : Fuzz.seeds(target)) {
        inputs.add(Arguments.of(target, file.getFileName().toString(), file));
      }
    }
    return inputs;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("inputs")
  @Timeout(60)
  void bytes_from_outside_break_no_contract(FuzzTarget target, String name, Path file)
      throws IOException {
    target.read(Files.readAllBytes(file));
  }

  @ParameterizedTest
  @EnumSource
  void the_fuzzer_finds_each_target(FuzzTarget target) throws Exception {
    assertThat(target.type().getMethod("fuzzerTestOneInput", byte[].class).getReturnType())
        .isEqualTo(void.class);
    assertThat(Fuzz.seeds(target)).isNotEmpty();
  }
}
