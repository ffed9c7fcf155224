package io.github.klaviyoexport.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is under way of one export: its observation, and those of its batches and jobs. */
final class ObservedRun {
  private final MeterRegistry meters;
  private final ObservationRegistry observations;
  private final Map<Integer, Observation> batches = new HashMap<>();
  private final Map<String, Job> jobs = new HashMap<>();
  private @Nullable Observation run;
  private Observation.@Nullable Scope scope;

  /** An import job that has not ended. */
  private record Job(Timer.Sample sample, Observation observation) {}

  ObservedRun(MeterRegistry meters, ObservationRegistry observations) {
    this.meters = meters;
    this.observations = observations;
  }

  void begin() {
    run = Observation.start("klaviyo.export.run", observations);
    scope = run.openScope();
  }

  boolean hasBegun() {
    return run != null;
  }

  private Observation child(String name) {
    return Observation.createNotStarted(name, observations).parentObservation(run).start();
  }

  void batchBegun(int batch) {
    batches.put(batch, child("klaviyo.export.batch"));
  }

  void batchEnded(int batch) {
    stop(batches.remove(batch), "completed");
  }

  void jobBegun(String id) {
    jobs.put(id, new Job(Timer.start(meters), child("klaviyo.export.job")));
  }

  /** Notes the end of a job; returns whether it began in this run. */
  boolean jobEnded(String id, String status) {
    Job job = jobs.remove(id);
    if (job == null) {
      return false;
    }
    job.sample()
        .stop(
            Timer.builder("klaviyo.export.job.duration")
                .description("Import jobs, from Klaviyo's taking them over to their end")
                .tag("status", status)
                .register(meters));
    stop(job.observation(), status);
    return true;
  }

  /** Returns how many jobs have not ended. */
  int openJobs() {
    return jobs.size();
  }

  void end(String status) {
    batches.values().forEach(batch -> stop(batch, "left"));
    jobs.values().forEach(job -> stop(job.observation(), "left"));
    if (scope != null) {
      scope.close();
    }
    stop(run, status);
  }

  private static void stop(@Nullable Observation observation, String status) {
    if (observation != null) {
      observation.lowCardinalityKeyValue("status", status).stop();
    }
  }
}
