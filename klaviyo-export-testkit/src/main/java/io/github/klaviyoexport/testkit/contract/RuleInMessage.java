package io.github.klaviyoexport.testkit.contract;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** An extension that has the failure of a contract's test begin with the rule that is broken. */
final class RuleInMessage implements TestExecutionExceptionHandler {
  /** The exception of a test that does not apply, by its name: users need not have its jar. */
  private static final String ABORTED = "org.opentest4j.TestAbortedException";

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    Rule rule = context.getRequiredTestMethod().getAnnotation(Rule.class);
    if (rule == null || failure.getClass().getName().equals(ABORTED)) {
      throw failure;
    }
    String what = failure instanceof AssertionError ? failure.getMessage() : failure.toString();
    throw new AssertionError("The rule is broken: " + rule.value() + "\n" + what, failure);
  }
}
