package io.github.klaviyoexport.internal.springboot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What Spring Boot prints, in place of a stack trace, when a property of ours is wrong. */
final class UnfitPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnfitPropertyException> {
  @Override
  protected FailureAnalysis analyze(Throwable root, UnfitPropertyException unfit) {
    return new FailureAnalysis(unfit.getMessage(), unfit.advice(), unfit);
  }
}
