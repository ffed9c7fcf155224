package io.github.klaviyoexport.testkit.behavior;

import io.github.klaviyoexport.catalog.CatalogListener;
import io.github.klaviyoexport.catalog.RunRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A catalog's listener that keeps what it hears. */
final class HeardEvents implements CatalogListener {
  final List<String> events = new ArrayList<>();

  @Override
  public void started(RunRecord run) {
    events.add("started");
  }

  @Override
  public void ended(RunRecord run) {
    events.add("ended " + run.status());
  }

  @Override
  public void failedPermanently(RunRecord run) {
    events.add("failed permanently");
  }

  @Override
  public void manyRejected(RunRecord run, double share) {
    events.add("many rejected: " + share);
  }

  @Override
  public void slow(RunRecord run, Duration usual) {
    events.add("slow, usual is " + usual);
  }

  @Override
  public void damaged(String advice) {
    events.add(advice);
  }

  @Override
  public void notReadableHere(String advice) {
    events.add("not readable here: " + advice);
  }
}
