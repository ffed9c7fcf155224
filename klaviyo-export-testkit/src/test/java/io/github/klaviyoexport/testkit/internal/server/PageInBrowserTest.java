package io.github.klaviyoexport.testkit.internal.server;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.serverError;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.github.klaviyoexport.testkit.Client;
import io.github.klaviyoexport.testkit.Entry;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.Fault;
import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.Operation;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page at / in Chromium, where there is one. */
class PageInBrowserTest extends OpenAccount {
  private static final String MARKUP = "<img src=x onerror=\"document.title='broken'\">";
  private static final String ESCAPED = "&lt;img src=x onerror=\"document.title='broken'\"&gt;";

  @TempDir Path directory;
  private Chromium chromium;

  @Override
  public Entry entry() {
    return Entry.HTTP;
  }

  @BeforeEach
  void find_chromium() {
    chromium = Chromium.installed(directory);
  }

  private Chromium.Page open(String path) throws Exception {
    return chromium.open(klaviyo.baseUrl().resolve(path));
  }

  @Test
  void lists_members_jobs_requests_and_quotas_show_and_no_text_of_theirs_is_markup()
      throws Exception {
    fake(builder -> builder.list("Y6nRLr", "<script>document.title='broken'</script>" + MARKUP));
    klaviyo.failProfiles("fails@shop.example");
    imported(
        Client.row(
            "\"email\":\"ada@shop.example\",\"first_name\":\""
                + MARKUP.replace("\"", "\\\"")
                + "\""),
        Client.email("fails@shop.example"));
    client.submit(Client.email("<b>no</b>"));
    client.get("/api/" + "%3Cb%3Epath");
    client.get("/api/lists", "filter", "equals(name,\"" + MARKUP.replace("\"", "\\\"") + "\")");

    Chromium.Page page = open("/");

    assertThat(page.html())
        .contains("<title>Fake Klaviyo</title>", "Live")
        .contains(">&lt;script&gt;document.title='broken'&lt;/script&gt;" + ESCAPED + "<")
        .contains("Members of <bdi>&lt;script&gt;", ">ada@shop.example<", ">" + ESCAPED)
        .contains(">fails@shop.example<", "Could not be imported. (invalid)")
        .contains("/data/attributes/profiles/data/0/attributes/email", "Invalid email address")
        .contains("bulk_import_profiles", "1 of 150", "peak 1")
        .doesNotContain("<b>no", "<b>path", "<img", "does not answer");
    assertThat(page.console()).isEmpty();
    assertThat(klaviyo.requests()).as("what the page did is no request").hasSize(5);
  }

  @Test
  void what_is_left_of_a_day_is_told_in_hours() throws Exception {
    String made = "{\"data\":{\"type\":\"list\",\"attributes\":{\"name\":\"New\"}}}";
    client.send("POST", "/api/lists", made);

    assertThat(open("/").html()).containsPattern("this day · starts anew in [0-9.]+ h<");
  }

  @Test
  void a_profile_opens_by_its_address() throws Exception {
    imported(
        Client.row("\"email\":\"ada@shop.example\",\"properties\":{\"<i>k</i>\":[\"<i>v</i>\"]}"));
    String id = client.get("/api/lists/Y6nRLr/profiles").at("/data/0/id");

    Chromium.Page page = open("/#list=Y6nRLr&profile=" + id);

    assertThat(page.html())
        .containsPattern("<dialog id=\"profile\"[^>]* open")
        .contains("properties · <bdi>&lt;i&gt;k&lt;/i&gt;</bdi>", "\"&lt;i&gt;v&lt;/i&gt;\"")
        .doesNotContain("<i>k");
    assertThat(page.console()).isEmpty();
  }

  @Test
  void text_that_runs_from_right_to_left_moves_nothing_around_it() throws Exception {
    String name = "\u05db\u05d4\u05df (VIP)";
    fake(builder -> builder.list("Y6nRLr", name));
    imported(
        Client.row(
            "\"email\":\"ada@shop.example\",\"external_id\":\"\u05dc-17 (a)\",\"last_name\":\""
                + name
                + "\""));

    String html = open("/").html();

    assertThat(html)
        .contains("Members of <bdi>" + name + "</bdi>", "<bdi>\u05dc-17 (a)</bdi>")
        .contains("<bdi>ada@shop.example</bdi>");
    assertThat(html.replace("<bdi>" + name + "</bdi>", ""))
        .as("nowhere without being isolated")
        .doesNotContain(name);
  }

  @Test
  void consent_and_accounts_show_and_so_do_429s_that_were_scripted() throws Exception {
    imported(Client.email("ada@shop.example"), Client.email("bo@shop.example"));
    klaviyo.profile("ada@shop.example").orElseThrow().subscribe();
    klaviyo.profile("bo@shop.example").orElseThrow().unsubscribe();
    klaviyo.script(Operation.GET_LISTS, 3, Fault.rateLimited(Duration.ofSeconds(1)));
    for (int i = 0; i < 3; i++) {
      client.get("/api/lists");
    }
    try (FakeKlaviyo other =
        FakeKlaviyo.builder().list("OtHeR1", "Others").atAddressOf(klaviyo).start()) {
      String html = open("/").html();

      assertThat(html)
          .contains(">subscribed<", ">unsubscribed<", ">suppressed<", "3<small> 3 scripted")
          .contains(">FaKe01<", ">FaKe02<");
      assertThat(open("/#account=" + other.accountId()).html())
          .contains(">OtHeR1<")
          .doesNotContain("ada@shop.example", ">Y6nRLr<");
    }
  }

  @Test
  void what_happens_later_shows_by_itself() throws Exception {
    String before = client.get("/fake/state").text();
    imported(Client.email("ada@shop.example"));
    // The first look sees the account as it was; all later ones see it as it is.
    klaviyo
        .wireMock()
        .stubFor(
            get(urlPathEqualTo("/fake/state"))
                .inScenario("looks")
                .whenScenarioStateIs(Scenario.STARTED)
                .willReturn(okJson(before))
                .willSetStateTo("later"));

    Chromium.Page page = open("/");

    assertThat(page.html()).contains("complete", "1 of 1", "202");
    assertThat(page.console()).isEmpty();
  }

  @Test
  void a_fake_that_answers_no_more_is_told() throws Exception {
    klaviyo.wireMock().stubFor(get(urlPathEqualTo("/fake/state")).willReturn(serverError()));

    assertThat(open("/").html()).contains("The fake does not answer: it was stopped, most likely");
  }

  @Test
  void an_empty_account_says_how_to_begin() throws Exception {
    Chromium.Page page = open("/");

    assertThat(page.html())
        .contains("curl " + klaviyo.baseUrl() + "/api/lists", "revision: 2026-07-15")
        .contains("No import jobs yet.", "No members here.");
    assertThat(page.console()).isEmpty();
  }

  @Test
  void code_that_came_in_from_elsewhere_would_not_run() throws Exception {
    klaviyo
        .wireMock()
        .stubFor(
            get(urlPathEqualTo("/fake/page.js"))
                .willReturn(
                    ok("document.title = 'ran'; document.body.innerHTML = '<b>in</b>';")
                        .withHeader("Content-Type", "text/javascript")));

    Chromium.Page page = open("/");

    assertThat(page.html()).contains("<title>ran</title>").doesNotContain("<b>in</b>");
    assertThat(page.console()).anyMatch(line -> line.contains("TrustedHTML"));
  }
}
