package io.github.klaviyoexport.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
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

  private static Events run(DiscoverySelector tests) {
    return EngineTestKit.engine(new JupiterTestEngine()).selectors(tests).execute().testEvents();
  }
}
