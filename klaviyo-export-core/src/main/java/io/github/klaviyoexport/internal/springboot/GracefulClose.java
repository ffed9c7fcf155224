package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Catalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;

/**
 * The end of all exports of an application that closes: after its web server has stopped, and while
 * its beans are still there. An application that is only paused, as tests do with one that waits
 * for the next of them, keeps its exporters.
 */
final class GracefulClose implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {
  /** Lower than that of Spring Boot's web servers (1,024 and 2,048 below the default). */
  static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

  private static final String TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

  /** Spring Boot's own default. */
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  private final ConfigurableListableBeanFactory beans;
  private final ShutdownTimes times;
  private volatile boolean running;
  private volatile boolean closing;

  GracefulClose(ConfigurableListableBeanFactory beans, Environment environment) {
    this.beans = beans;
    this.times =
        ShutdownTimes.within(
            Binder.get(environment).bind(TIMEOUT, Duration.class).orElse(DEFAULT_TIMEOUT));
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    ApplicationContext closed = event.getApplicationContext();
    if (closed.getAutowireCapableBeanFactory().equals(beans)) {
      closing = true;
    }
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    stop(() -> {});
  }

  @Override
  public void stop(Runnable stopped) {
    running = false;
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    if (closing) {
      eachMade(
          SegmentExporter.class,
          exporter ->
              ends.add(end(() -> exporter.closeWhenDone(times.toEnd(), times.toBeConfirmed()))));
      eachMade(Catalog.class, catalog -> ends.add(end(() -> catalog.close(times.altogether()))));
    }
    var unused =
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
            .whenComplete((ended, failure) -> stopped.run());
  }

  /** Hands over each bean of a type that was made; none is made only to be closed. */
  private <T> void eachMade(Class<T> type, Consumer<T> closing) {
    for (String name : beans.getBeanNamesForType(type, false, false)) {
      if (beans.containsSingleton(name)) {
        closing.accept(beans.getBean(name, type));
      }
    }
  }

  /** Closes on a thread of its own, so that all of them have all of the time. */
  private static CompletableFuture<Void> end(Runnable closing) {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                closing.run();
                ended.complete(null);
              } catch (Throwable failure) {
                ended.completeExceptionally(failure);
              }
            },
            "klaviyo-export-shutdown");
    thread.start();
    return ended;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
