package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The scheduler of the catalog while the application runs: it starts when all else has, and is the
 * first to stop, before the web server takes its last requests.
 */
final class ScheduledCatalog implements SmartLifecycle {
  private final Catalog catalog;
  private @Nullable CatalogScheduler scheduler;

  ScheduledCatalog(Catalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public synchronized void start() {
    if (scheduler == null) {
      scheduler = CatalogScheduler.start(catalog);
    }
  }

  @Override
  public synchronized void stop() {
    if (scheduler != null) {
      scheduler.close();
      scheduler = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return scheduler != null;
  }
}
