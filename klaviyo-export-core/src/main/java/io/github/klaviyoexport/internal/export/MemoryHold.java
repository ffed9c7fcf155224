package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.memory.Remembered;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.RunMemory;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.journal.LogHeldException;
import io.github.klaviyoexport.memory.ExportMemory;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A run's hold on what is remembered of its list, for this process alone, if it has a memory. */
final class MemoryHold implements Closeable {
  private @Nullable Remembered remembered;
  private @Nullable StopCause refusal;

  /**
   * Opens what is remembered of an export.
   *
   * @param key that of the export's log in the journal
   */
  MemoryHold(ExportPlan plan, String key) {
    this(plan, key, true);
  }

  /**
   * Opens what is remembered of an export, if that is wanted.
   *
   * @param key that of the export's log in the journal
   */
  MemoryHold(ExportPlan plan, String key, boolean wanted) {
    ExportMemory memory = plan.settings().memory();
    if (memory == null || !wanted) {
      return;
    }
    try {
      remembered = Remembered.open(memory, key, plan.setup().mapping());
    } catch (LogHeldException held) {
      refusal = new StopCause(Reason.ALREADY_RUNNING, Advice.clause(held), held);
    } catch (IOException failure) {
      refusal = RunMemory.failure(failure);
    } catch (RuntimeException undeclared) {
      refusal = RunMemory.failure(RunMemory.undeclared(undeclared));
    }
  }

  /** Returns why the export cannot run; {@code null} if it can. */
  @Nullable StopCause refusal() {
    return refusal;
  }

  /** Returns what is remembered; {@code null} without a memory. */
  @Nullable Remembered remembered() {
    return remembered;
  }

  @Override
  public void close() {
    if (remembered == null) {
      return;
    }
    try {
      remembered.close();
    } catch (IOException | RuntimeException failure) {
      System.getLogger("io.github.klaviyoexport")
          .log(
              System.Logger.Level.WARNING,
              "The memory did not close ({0}); what was written in it stands.",
              failure.getClass().getName());
    }
  }
}
