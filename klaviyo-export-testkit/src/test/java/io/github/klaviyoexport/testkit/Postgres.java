package io.github.klaviyoexport.testkit;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL server for all tests that need one; it stops itself with the JVM. */
public final class Postgres {
  private static @Nullable EmbeddedPostgres server;

  private Postgres() {}

  /** The server; where there is none for the platform, the test is skipped. */
  public static synchronized EmbeddedPostgres server() {
    if (server == null) {
      try {
        server = EmbeddedPostgres.start();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      } catch (IllegalStateException failure) {
        if ("Missing embedded postgres binaries".equals(failure.getMessage())) {
          return abort("There is no embedded PostgreSQL for this platform: skipped.");
        }
        throw failure;
      }
    }
    return server;
  }
}
