package io.github.klaviyoexport.testkit;

import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the fake account promises behind every door; each subject has a class of its own. */
@ParameterizedClass(name = "{0}")
@EnumSource
abstract class FakeKlaviyoContract extends OpenAccount {
  @Parameter Entry door;

  @Override
  public Entry door() {
    return door;
  }
}
