package io.github.klaviyoexport.testkit.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The search for what is personal or secret where it must not be. */
final class Canaries {
  private static final List<LogRecord> LOGGED = Collections.synchronizedList(new ArrayList<>());
  // Held, since the logging of the JDK lets go of loggers that nobody holds.
  private static final Logger LOGGER = Logger.getLogger("io.github.klaviyoexport");

  static {
    LOGGER.setLevel(Level.ALL);
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord logged) {
            LOGGED.add(logged);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
  }

  private Canaries() {}

  /** Searches everything that was logged since the last time, and the names of all threads. */
  static void assertNoneLogged() {
    synchronized (LOGGED) {
      for (LogRecord logged : LOGGED) {
        assertNoneIn(String.valueOf(logged.getMessage()));
        for (Object parameter :
            logged.getParameters() == null ? new Object[0] : logged.getParameters()) {
          assertNoneIn(String.valueOf(parameter));
        }
        if (logged.getThrown() != null) {
          assertNoneIn(logged.getThrown());
        }
      }
      LOGGED.clear();
    }
    assertNoneIn(Thread.currentThread().getName());
  }

  static void assertNoneIn(Throwable failure) {
    search(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private static void search(Throwable failure, Set<Throwable> seen) {
    if (failure != null && seen.add(failure)) {
      assertNoneIn(failure.toString());
      search(failure.getCause(), seen);
      for (Throwable suppressed : failure.getSuppressed()) {
        search(suppressed, seen);
      }
    }
  }

  static void assertNoneIn(String text) {
    if (text.toLowerCase(Locale.ROOT).contains(Customers.CANARY)) {
      throw new AssertionError("Something personal or secret got out: " + text);
    }
  }
}
