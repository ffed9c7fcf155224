package io.github.klaviyoexport.testkit.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.OpenAccount;
import io.github.klaviyoexport.testkit.internal.server.Finding.Side;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Holds every exchange with a fake, in every test of this module, to Klaviyo's OpenAPI, if the
 * system property {@code klaviyo.openapi} names a folder that holds its {@code stable.json}.
 *
 * <p>A test that has an exchange with something wrong in it fails. Only tests of the fake itself
 * may send what the document forbids, and only if the fake refuses it.
 */
public final class OpenApiExtension
    implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  /** The tag of tests that send what the document forbids, to see what becomes of it. */
  public static final String NOT_CHECKED = "off-the-document";

  static final String PROPERTY = "klaviyo.openapi";

  private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();
  private static final Queue<String> FOUND_IN_REFUSED = new ConcurrentLinkedQueue<>();

  static {
    String folder = System.getProperty(PROPERTY);
    if (folder == null) {
      System.err.println(
          "Exchanges are not checked against Klaviyo's OpenAPI: -D"
              + PROPERTY
              + "=FOLDER says where its stable.json is.");
    } else {
      OpenApiCheck check = new OpenApiCheck(OpenApi.in(Path.of(folder)));
      RequestDispatcher.listener = exchange -> check(check, exchange);
    }
  }

  private static void check(OpenApiCheck check, Exchange exchange) {
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
    } catch (RuntimeException | java.lang.Error broken) {
      FOUND.add("the check itself failed: " + broken);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // Loading the class did it.
  }

  @Override
  public void afterEach(ExtensionContext context) {
    nothing_was_found(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    nothing_was_found(context);
  }

  private static void nothing_was_found(ExtensionContext context) {
    List<String> found = taken(FOUND);
    List<String> inRefused = taken(FOUND_IN_REFUSED);
    if (!OpenAccount.class.isAssignableFrom(context.getRequiredTestClass())) {
      found.addAll(inRefused);
    }
    if (context.getTags().contains(NOT_CHECKED)) {
      found.clear();
    }
    assertThat(found.stream().distinct().limit(20))
        .as("what Klaviyo's OpenAPI does not allow")
        .isEmpty();
  }

  private static List<String> taken(Queue<String> queue) {
    List<String> taken = new ArrayList<>();
    for (String next = queue.poll(); next != null; next = queue.poll()) {
      taken.add(next);
    }
    return taken;
  }
}
