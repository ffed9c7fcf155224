package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.server.Finding.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Holds every exchange in this process to Klaviyo's OpenAPI, if {@link OpenApiExtension#PROPERTY}
 * says where that is. It knows no library for tests, so that it works where there is none.
 */
public final class OpenApiListener implements ExchangeListener {
  // Of all listeners: the extension does not know which of them an account has found.
  private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();
  private static final Queue<String> FOUND_IN_REFUSED = new ConcurrentLinkedQueue<>();

  private final OpenApiCheck check;

  public OpenApiListener() {
    String folder = System.getProperty(OpenApiExtension.PROPERTY);
    check = folder == null ? null : new OpenApiCheck(OpenApi.in(Path.of(folder)));
  }

  @Override
  public void exchanged(Exchange exchange) {
    if (check == null) {
      return;
    }
    try {
      int status = exchange.answer().status();
      for (Finding finding : check.findings(exchange)) {
        boolean refused = finding.side() == Side.REQUEST && status >= 400 && status < 500;
        Queue<String> queue = refused ? FOUND_IN_REFUSED : FOUND;
        queue.add(
            exchange.call().method()
                + " "
                + exchange.call().path()
                + " → "
                + status
                + ": "
                + finding);
      }
    } catch (RuntimeException | Error broken) {
      FOUND.add("the check itself failed: " + broken);
    }
  }

  /** What was found since this was last asked for. */
  static List<String> found() {
    return taken(FOUND);
  }

  /** The same of requests that the account has refused. */
  static List<String> foundInRefused() {
    return taken(FOUND_IN_REFUSED);
  }

  private static List<String> taken(Queue<String> queue) {
    List<String> taken = new ArrayList<>();
    for (String next = queue.poll(); next != null; next = queue.poll()) {
      taken.add(next);
    }
    return taken;
  }
}
