package example.shop.parquet;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The testkit's account in a process of its own, so that it takes no memory of the exporter's. */
final class KlaviyoProcess implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("http://[0-9a-z.:]+");

  private final Process process;
  private final URI address;

  private KlaviyoProcess(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  static KlaviyoProcess start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1500m",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.klaviyoexport.testkit.server.FakeKlaviyoServer",
                "--port",
                "0",
                "--no-quota")
            .redirectErrorStream(true)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        return new KlaviyoProcess(process, URI.create(address.group()));
      }
    }
    throw new IOException("The account did not start.");
  }

  KlaviyoConnection connection() {
    return KlaviyoConnection.of(ApiKey.of("pk_fake_local")).baseUrl(address);
  }

  ListId listId() {
    return ListId.of("Y6nRLr");
  }

  @Override
  public void close() {
    process.destroy();
  }
}
