package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.memory.ErasedCustomers;
import io.github.klaviyoexport.internal.run.ExportPlan;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The customers who are kept out of an export, because its memory says that they were erased. */
final class KeptOut {
  private ExportPlan plan;
  private @Nullable StopCause refusal;

  /** Reads who they are, if the export has a memory. */
  KeptOut(ExportPlan plan, TimeSource time) {
    this.plan = plan;
    ExportMemory memory = plan.settings().memory();
    if (memory == null) {
      return;
    }
    try {
      this.plan = plan.without(ErasedCustomers.read(memory, time));
    } catch (IOException failure) {
      refusal =
          new StopCause(
              Reason.MEMORY_FAILED,
              "it cannot be told which customers were erased, because the memory failed ("
                  + Advice.clause(failure)
                  + "), and the export might bring them back: mend the memory and run the export"
                  + " again. Where that cannot be, delete the memory's log "
                  + ErasedCustomers.LOG
                  + " and erase them again",
              UnquotedFailure.keepingMessage(failure));
    }
  }

  /** Returns the plan of the export, without them. */
  ExportPlan plan() {
    return plan;
  }

  /** Returns why the export cannot run, if they cannot be read. */
  @Nullable StopCause refusal() {
    return refusal;
  }
}
