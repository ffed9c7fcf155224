package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** Runs a contract against an implementation, and looks at what its tests find. */
final class Trials {
  private Trials() {}

  /** The test of that name fails. */
  static void isCaught(Class<?> contract, String by) {
    run(DiscoverySelectors.selectMethod(contract, by))
        .assertStatistics(events -> events.started(1).failed(1));
  }

  /** All tests pass, and there are no others than these. */
  static void passes(Class<?> contract, Set<String> tests) {
    Events events = run(DiscoverySelectors.selectClass(contract));
    assertThat(
            events.succeeded().stream()
                .map(event -> event.getTestDescriptor().getDisplayName().replace("()", ""))
                .collect(Collectors.toSet()))
        .isEqualTo(tests);
    events.assertStatistics(all -> all.started(tests.size()));
  }

  /** Tests of that rule fail, and those of all others pass. */
  static void breaksOnly(Class<?> contract, String rule) {
    Events events = run(DiscoverySelectors.selectClass(contract));
    assertThat(rules(events.failed())).containsExactly(rule);
  }

  /** All tests pass, and their rules are these. */
  static void keepsAll(Class<?> contract, Set<String> rules) {
    Events events = run(DiscoverySelectors.selectClass(contract));
    assertThat(rules(events.failed())).isEmpty();
    assertThat(rules(events.succeeded())).isEqualTo(rules);
  }

  private static Set<String> rules(Events events) {
    return events.stream()
        .map(event -> (MethodSource) event.getTestDescriptor().getSource().orElseThrow())
        .map(test -> test.getJavaMethod().getAnnotation(Rule.class).value())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Events run(DiscoverySelector tests) {
    return EngineTestKit.engine(new JupiterTestEngine()).selectors(tests).execute().testEvents();
  }
}
