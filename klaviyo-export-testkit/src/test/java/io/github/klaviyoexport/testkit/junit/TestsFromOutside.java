package io.github.klaviyoexport.testkit.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs tests that are there to be run and looked at from outside. */
final class TestsFromOutside {
  private TestsFromOutside() {}

  /** Runs tests. */
  static EngineExecutionResults run(DiscoverySelector tests) {
    return EngineTestKit.engine(new JupiterTestEngine()).selectors(tests).execute();
  }

  /** Runs the tests of a class, and returns what was told of a method. */
  static Stream<Event> eventsOf(Class<?> type, String method) {
    return run(selectClass(type)).allEvents().stream()
        .filter(event -> event.getTestDescriptor().getDisplayName().startsWith(method + "("));
  }

  /** Runs the tests of a class, and returns how they failed. */
  static List<Throwable> failuresOf(Class<?> type) {
    return run(selectClass(type)).testEvents().finished().stream()
        .flatMap(event -> event.getPayload(TestExecutionResult.class).stream())
        .flatMap(result -> result.getThrowable().stream())
        .toList();
  }

  /** Runs the tests of a class, and returns how a method failed. */
  static Throwable failureOf(Class<?> type, String method) {
    return eventsOf(type, method)
        .flatMap(event -> event.getPayload(TestExecutionResult.class).stream())
        .flatMap(result -> result.getThrowable().stream())
        .findFirst()
        .orElseThrow();
  }
}
