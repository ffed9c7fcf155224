package io.github.klaviyoexport.testkit.internal.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.testkit.OpenAccount;
import java.util.List;
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

  static {
    if (System.getProperty(PROPERTY) == null) {
      System.err.println(
          "Exchanges are not checked against Klaviyo's OpenAPI: -D"
              + PROPERTY
              + "=FOLDER says where its stable.json is.");
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // Loading the class says whether exchanges are checked.
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
    List<String> found = OpenApiListener.found();
    List<String> inRefused = OpenApiListener.foundInRefused();
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
}
