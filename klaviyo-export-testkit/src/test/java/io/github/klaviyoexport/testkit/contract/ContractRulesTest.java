package io.github.klaviyoexport.testkit.contract;

import static io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat;

import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.journal.MemoryJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.PermitSource;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileSource;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineTestKit;

/** What contracts ask for is told where those who build on a seam read it. */
class ContractRulesTest {
  private static final Path CORE = Path.of("..", "klaviyo-export-core", "src", "main", "java");

  private static final Map<Class<?>, List<Class<?>>> SEAMS =
      Map.of(
          ProfileSourceContract.class, List.of(ProfileSource.class),
          PositionedSourceContract.class, List.of(PositionedSource.class, ProfileSource.class),
          ExportJournalContract.class, List.of(ExportJournal.class),
          ExportMemoryContract.class, List.of(ExportMemory.class),
          KlaviyoTransportContract.class, List.of(KlaviyoTransport.class),
          PermitSourceContract.class, List.of(PermitSource.class),
          CatalogStoreContract.class, List.of(CatalogStore.class));

  @Test
  void every_test_of_a_contract_has_a_rule_that_stands_in_the_javadoc_of_the_seam()
      throws IOException {
    List<String> untold = new ArrayList<>();
    for (Map.Entry<Class<?>, List<Class<?>>> contract : SEAMS.entrySet()) {
      StringBuilder told = new StringBuilder();
      for (Class<?> seam : contract.getValue()) {
        told.append(wordsOf(seam));
      }
      for (Method test : contract.getKey().getDeclaredMethods()) {
        Rule rule = test.getAnnotation(Rule.class);
        if (test.isAnnotationPresent(Test.class)
            && (rule == null || told.indexOf(rule.value()) < 0)) {
          untold.add(contract.getKey().getSimpleName() + "." + test.getName());
        }
      }
    }
    assertThat(untold).isEmpty();
  }

  /** Returns the Javadoc of a type as a reader sees it, in one line. */
  private static String wordsOf(Class<?> seam) throws IOException {
    return Files.readString(CORE.resolve(seam.getName().replace('.', '/') + ".java"))
        .replaceAll("(?m)^ *\\*", " ")
        .replaceAll("\\s+", " ")
        .replaceAll("\\{@\\w+ ([^}]*)}", "$1");
  }

  @Test
  void every_contract_is_among_them() throws IOException {
    try (var files =
        Files.list(Path.of("src/main/java/io/github/klaviyoexport/testkit/contract"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> name.endsWith("Contract.java"))
          .containsExactlyInAnyOrderElementsOf(
              SEAMS.keySet().stream().map(type -> type.getSimpleName() + ".java").toList());
    }
  }

  @Test
  void every_contract_gives_up_on_an_implementation_that_waits() {
    assertThat(SEAMS.keySet())
        .allSatisfy(
            contract ->
                assertThat(contract.getAnnotation(Timeout.class))
                    .isNotNull()
                    .satisfies(
                        limit -> {
                          assertThat(limit.value()).isEqualTo(60);
                          assertThat(limit.unit()).isEqualTo(TimeUnit.SECONDS);
                          assertThat(limit.threadMode()).isEqualTo(ThreadMode.SEPARATE_THREAD);
                        }));
  }

  /** A journal that waits for the holder to let go, as one that locks a file might. */
  @Timeout(value = 1, threadMode = ThreadMode.SEPARATE_THREAD)
  static class Waiting extends ExportJournalContract {
    private final ExportJournal behind = MemoryJournal.create();

    @Override
    protected ExportJournal journal() {
      return key -> {
        try {
          return behind.open(key);
        } catch (LogHeldException held) {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException interrupted) {
            throw new InterruptedIOException();
          }
          throw held;
        }
      };
    }
  }

  @Test
  void who_waits_where_a_refusal_is_owed_is_told_the_rule_and_where_it_waits() {
    for (String test :
        List.of(
            "a_log_that_is_open_cannot_be_opened_again",
            "a_log_that_was_restarted_is_still_held",
            "of_many_who_open_a_log_at_the_same_time_one_has_it")) {
      assertThat(failuresOf(Waiting.class, test))
          .singleElement()
          .satisfies(
              failure ->
                  assertThat(failure)
                      .hasMessageStartingWith(
                          "The rule is broken: A log that is open is refused to all others with a"
                              + " LogHeldException that names the holder, also when it was"
                              + " restarted.\n")
                      .hasMessageContaining(test + "() timed out after 1 second"));
    }
  }

  static class Forgetful extends ExportJournalContract {
    @Override
    protected ExportJournal journal() {
      return MemoryJournal.create();
    }
  }

  private static List<Throwable> failuresOf(Class<?> contract, String test) {
    return EngineTestKit.engine(new JupiterTestEngine())
        .selectors(DiscoverySelectors.selectMethod(contract, test))
        .execute()
        .testEvents()
        .failed()
        .stream()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .map(result -> result.getThrowable().orElseThrow())
        .toList();
  }

  @Test
  void a_failure_begins_with_the_rule_that_is_broken() {
    assertThat(failuresOf(Forgetful.class, "a_log_goes_on_where_it_was_left"))
        .singleElement()
        .satisfies(
            failure ->
                assertThat(failure)
                    .hasMessageStartingWith(
                        "The rule is broken: Lines come back in the order in which they were"
                            + " written, and a log goes on where it was left.\n")
                    .hasMessageContaining("three"));
  }
}
