package io.github.klaviyoexport.testkit.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.RecordedRequest;
import io.github.klaviyoexport.testkit.fuzz.Fuzz;
import io.github.klaviyoexport.testkit.internal.server.RawHttpFuzz.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests byte by byte, most of them as no client library sends them. The name of a file ends with
 * the status of each answer to it.
 */
@Tag(OpenApiExtension.NOT_CHECKED)
class RawRequestTest {
  static List<Path> inputs() throws IOException {
    return Fuzz.seeds();
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void bytes_are_answered_as_klaviyo_would_and_recorded(Path file) throws IOException {
    String name = file.getFileName().toString();
    byte[] bytes = Files.readAllBytes(file);
    int before = RawHttpFuzz.klaviyo().requests().size();

    List<Answer> answers = RawHttpFuzz.answers(bytes);

    assertThat(answers)
        .extracting(answer -> String.valueOf(answer.status()))
        .as(answers::toString)
        .isEqualTo(expected(name));
    answers.forEach(answer -> RawHttpFuzz.judge(answer, bytes));
    // To look at the page is no request.
    if (!name.startsWith("page")) {
      List<RecordedRequest> all = RawHttpFuzz.klaviyo().requests();
      assertThat(all.subList(before, all.size()).stream().map(RecordedRequest::status))
          .containsExactlyElementsOf(answers.stream().map(Answer::status).toList());
    }
  }

  private static List<String> expected(String name) {
    String statuses = name.substring(name.lastIndexOf('.') + 1);
    return statuses.equals("none") ? List.of() : List.of(statuses.split("-"));
  }
}
