package io.github.klaviyoexport.catalog;

import io.github.klaviyoexport.ExportListener;
import java.io.IOException;

/**
 * A maker of listeners for the exports of a {@link Catalog}: one for each attempt of a run.
 *
 * {@snippet class="io.github.klaviyoexport.catalog.CatalogExamplesTest" region="exportListener"}
 *
 * <p>Runs go on side by side, so it is called from several threads.
 */
@FunctionalInterface
public interface ExportListeners {
  /**
   * Returns what is to hear of one attempt. If that can be {@linkplain AutoCloseable closed}, the
   * catalog closes it when the attempt has ended: a file of rejections, for example. What is shared
   * by runs and can be closed is to be wrapped.
   *
   * <p>What this throws, or closing does, is logged by its type and disturbs nothing: the run goes
   * on without that listener.
   *
   * @param run the run as it begins: its id, export and attempt
   * @throws IOException if there can be no listener
   */
  ExportListener of(RunRecord run) throws IOException;
}
