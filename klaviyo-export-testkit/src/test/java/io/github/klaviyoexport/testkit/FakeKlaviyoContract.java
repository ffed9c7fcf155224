package io.github.klaviyoexport.testkit;

import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the fake account promises through every entry; each subject has a class of its own. */
@ParameterizedClass(name = "{0}")
@EnumSource
public abstract class FakeKlaviyoContract extends OpenAccount {
  @Parameter public Entry entry;

  @Override
  public Entry entry() {
    return entry;
  }
}
