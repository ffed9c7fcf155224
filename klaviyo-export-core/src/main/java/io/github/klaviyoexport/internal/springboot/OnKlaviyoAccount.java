package io.github.klaviyoexport.internal.springboot;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;

/** The condition that properties say which account is exported to. */
final class OnKlaviyoAccount extends AnyNestedCondition {
  OnKlaviyoAccount() {
    super(ConfigurationPhase.REGISTER_BEAN);
  }

  /** The key itself. */
  @ConditionalOnProperty("klaviyo.export.api-key")
  static final class WithKey {}

  /** Where the key is kept. */
  @ConditionalOnProperty("klaviyo.export.credentials")
  static final class WithReference {}
}
