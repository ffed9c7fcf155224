package io.github.klaviyoexport.testkit.springboot;

import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;

/**
 * A bean that fits out the fake account of an application of Spring Boot: its lists, how long its
 * jobs take, whether it counts calls against quotas.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.springboot.FakeInPlaceTest" region="customizer"}
 *
 * <p>It is called once, before the account opens, in the order of {@code @Order}.
 */
@FunctionalInterface
public interface FakeKlaviyoCustomizer {
  /** Sets what is to be otherwise than by default. */
  void customize(FakeKlaviyoBuilder account);
}
