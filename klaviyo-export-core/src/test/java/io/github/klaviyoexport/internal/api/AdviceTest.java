package io.github.klaviyoexport.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.internal.api.Advice.Problem;
import io.github.klaviyoexport.internal.call.ApiError;
import io.github.klaviyoexport.internal.call.Endpoint;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.klaviyo.ListId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviceTest {
  private static final ListId LIST = ListId.of("Y6nRLr");
  private static final String CONNECTION = "'Klaviyo EU' (klaviyo-eu-1)";

  private static Refused<Object> refused(int status) {
    return new Refused<>(Endpoint.GET_LIST, status, List.of(), false, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          401 | UNAUTHORIZED   | Klaviyo does not know the API key or token (401): check that it is complete, not revoked and of the right account
          403 | FORBIDDEN      | the API key lacks a scope for 'get list' (403): use a key with lists:read, lists:write, profiles:read and profiles:write
          404 | LIST_NOT_FOUND | Klaviyo has no list Y6nRLr in this account (404): check the id, and that the key is of the account that has the list
          410 | REFUSED        | Klaviyo has retired this revision of its API (410): use a newer version of this library
          302 | REFUSED        | the server redirects (302), which is not followed so that the key stays where it belongs: check the base URL
          422 | REFUSED        | Klaviyo refused 'get list' (422, without an error code): ask Klaviyo's support about it
          """)
  void a_status_says_what_happened_and_what_to_do(int status, Problem problem, String words) {
    assertThat(Advice.on(refused(status), LIST, null)).isEqualTo(new Advice(problem, words));
  }

  @ParameterizedTest
  @CsvSource({
    "authentication_failed, (401):",
    "not_authenticated, (401):",
    "account_closed, '(401, account_closed):'"
  })
  void a_401_is_told_with_a_code_that_says_more_than_it(String code, String told) {
    Refused<?> refused =
        new Refused<>(Endpoint.GET_LIST, 401, List.of(new ApiError(code, null, "")), false, false);

    assertThat(Advice.on(refused, LIST, null).words()).contains(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          401 | Klaviyo does not know the credentials of connection %s (401): check that they are complete, not revoked and of the right account.
          403 | The credentials of connection %s lack a scope for 'get list' (403): use a key with lists:read, lists:write, profiles:read and profiles:write.
          404 | Klaviyo has no list Y6nRLr in the account of connection %s (404): check the id, or use the connection to the account that has the list.
          422 | Klaviyo refused 'get list' through connection %s (422, without an error code): ask Klaviyo's support about it.
          """)
  void with_several_connections_it_says_which(int status, String sentence) {
    assertThat(Advice.on(refused(status), LIST, CONNECTION).sentence())
        .isEqualTo(sentence.formatted(CONNECTION));
  }

  @Test
  void a_network_edge_is_not_taken_for_a_bad_key() {
    Refused<Object> edge = new Refused<>(Endpoint.GET_LIST, 403, List.of(), true, false);

    assertThat(Advice.on(edge, LIST, null).problem()).isEqualTo(Problem.EDGE_CHALLENGE);
    assertThat(Advice.on(edge, LIST, null).words()).contains("the key is not at fault");
    assertThat(Advice.on(edge, LIST, CONNECTION).words())
        .contains("the credentials of connection " + CONNECTION + " are not at fault");
  }

  @Test
  void what_is_about_no_list_is_not_told_of_one() {
    assertThat(Advice.on(refused(404), null, null).problem()).isEqualTo(Problem.REFUSED);
    Refused<Object> job = new Refused<>(Endpoint.GET_JOB, 404, List.of(), false, false);
    assertThat(Advice.on(job, LIST, null).problem()).isEqualTo(Problem.REFUSED);
  }

  @Test
  void what_an_exception_says_stands_within_a_sentence() {
    assertThat(Advice.clause(new IOException("The disk is full."))).isEqualTo("The disk is full");
    assertThat(Advice.clause(new IOException("the disk is full"))).isEqualTo("the disk is full");
    assertThat(Advice.clause(new IOException())).isEqualTo("java.io.IOException");
  }
}
