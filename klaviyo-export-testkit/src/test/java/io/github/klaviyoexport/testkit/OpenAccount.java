package io.github.klaviyoexport.testkit;

import static io.github.klaviyoexport.testkit.Client.LIST;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.klaviyoexport.testkit.Client.Reply;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fake account that is opened before each test and closed after it. */
public abstract class OpenAccount {
  public static final Duration JOB = Duration.ofSeconds(40);

  public final VirtualTime time = VirtualTime.create();
  public FakeKlaviyo klaviyo;
  public Client client;

  public abstract Entry entry();

  @BeforeEach
  public void open_an_account() {
    fake(builder -> builder);
  }

  /** An account unlike the others. */
  public void fake(UnaryOperator<FakeKlaviyoBuilder> settings) {
    close_the_account();
    klaviyo = settings.apply(FakeKlaviyo.builder().time(time).jobDuration(JOB)).start();
    client = entry().client(klaviyo);
  }

  @AfterEach
  public void close_the_account() {
    if (klaviyo != null) {
      klaviyo.close();
    }
  }

  /** Imports rows and lets the job finish. */
  public Reply imported(String... rows) {
    Reply accepted = client.submit(rows);
    assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
    time.advance(JOB);
    return client.job(accepted);
  }

  public JsonNode profile(String email) {
    Reply found =
        client.get("/api/lists/" + LIST + "/profiles", "filter", "equals(email,\"" + email + "\")");
    return found.json().at("/data/0/attributes");
  }
}
