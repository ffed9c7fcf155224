package io.github.klaviyoexport.internal.springboot;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/** The threads of exports in the background, where the application asks for virtual ones. */
final class ExportThreads {
  private static final int JDK_WITH_VIRTUAL_THREADS = 21;

  /** How many exports of a catalog run at a time, as with its own threads. */
  private static final int CATALOG_RUNS = 4;

  private ExportThreads() {}

  /** Returns what runs exports on virtual threads; empty if they have threads of their own. */
  static Optional<Executor> ofExporter(Environment environment) {
    return virtual("klaviyo-export-", environment);
  }

  /** Returns what runs a catalog's exports on virtual threads, a few at a time. */
  static Optional<Executor> ofCatalog(Environment environment) {
    Semaphore free = new Semaphore(CATALOG_RUNS, true);
    return virtual("klaviyo-catalog-", environment)
        .map(
            threads ->
                task ->
                    threads.execute(
                        () -> {
                          free.acquireUninterruptibly();
                          try {
                            task.run();
                          } finally {
                            free.release();
                          }
                        }));
  }

  private static Optional<Executor> virtual(String name, Environment environment) {
    boolean asked = environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false);
    if (!asked || Runtime.version().feature() < JDK_WITH_VIRTUAL_THREADS) {
      return Optional.empty();
    }
    SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor(name);
    threads.setVirtualThreads(true);
    return Optional.of(threads);
  }
}
