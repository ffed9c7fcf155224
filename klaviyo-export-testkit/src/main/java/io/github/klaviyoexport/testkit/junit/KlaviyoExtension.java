package io.github.klaviyoexport.testkit.junit;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A Klaviyo account for each test, opened before it and closed after it.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.junit.LoyaltyExportTest" region="example"}
 *
 * <p>Tests, {@code @BeforeEach} and {@code @AfterEach} methods take what they need as parameters:
 * {@link FakeKlaviyo}, the {@link io.github.klaviyoexport.testkit.VirtualTime} it lives by, {@link
 * io.github.klaviyoexport.testkit.InMemorySegments} without segments, and a {@link
 * io.github.klaviyoexport.SegmentExporter.Builder} that has the account, the segments and the time
 * and wants a mapping. Fields of the test's instance that have one of these types and are not final
 * get the same, those of the classes around a nested one as well; one that the test has filled
 * itself is refused. The exporter that a test builds is the test's to close.
 *
 * <p>Registered by {@code @ExtendWith} it gives an account in process with the settings that suit
 * most tests. To have others, register it as a field:
 *
 * {@snippet
 *  class="io.github.klaviyoexport.testkit.junit.LoyaltyExportOverHttpTest" region="example"}
 *
 * <p>When a test fails, {@linkplain FakeKlaviyo#timeline() what had reached the account} is added
 * to the failure, as suppressed, and published as a report entry named {@code klaviyo}.
 *
 * <p>Instances are immutable. Tests may run in parallel; with one instance for all tests of a class
 * ({@code PER_CLASS}) take parameters then, since a field holds the account of one test only.
 */
public final class KlaviyoExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(KlaviyoExtension.class);
  private static final String REPORT_ENTRY = "klaviyo";

  /** What fields were filled with, as long as it is used. */
  private static final Set<Object> GIVEN =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final boolean http;
  private final boolean strict;
  private final UnaryOperator<FakeKlaviyoBuilder> settings;

  /** Gives each test an account in process; this is what {@code @ExtendWith} calls. */
  public KlaviyoExtension() {
    this(false, false, builder -> builder);
  }

  private KlaviyoExtension(
      boolean http, boolean strict, UnaryOperator<FakeKlaviyoBuilder> settings) {
    this.http = http;
    this.strict = strict;
    this.settings = settings;
  }

  /** Gives each test an account, and exporters that reach it in process. */
  public static KlaviyoExtension inProcess() {
    return new KlaviyoExtension();
  }

  /** Gives each test an account, and exporters that reach it over HTTP on a port of its own. */
  public static KlaviyoExtension overHttp() {
    return new KlaviyoExtension(true, false, builder -> builder);
  }

  /**
   * Fits out every account. It lives by virtual time unless this gives it a clock of its own, which
   * the exporter's builder then has as well. A service that makes its exporter itself, and lives by
   * the machine's clock, needs an account that does so, too:
   *
   * {@snippet class="io.github.klaviyoexport.testkit.junit.RealTimeExportTest" region="example"}
   */
  public KlaviyoExtension account(UnaryOperator<FakeKlaviyoBuilder> settings) {
    return new KlaviyoExtension(http, strict, Objects.requireNonNull(settings, "settings"));
  }

  /**
   * Has a test that would pass fail when something that it scripted has not happened, or when a
   * reader of its segments or an exporter to its account is still open. In process and by the
   * machine's clock, exporters are not told apart from those of other tests, and not looked for.
   */
  public KlaviyoExtension strict() {
    return new KlaviyoExtension(http, true, settings);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    TestFixture fixture = TestFixture.open(http, settings);
    store(context).put(this, fixture);
    for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
      for (Class<?> type = instance.getClass(); type != null; type = type.getSuperclass()) {
        for (Field field : type.getDeclaredFields()) {
          if (TestFixture.has(field.getType()) && isOurs(field)) {
            fill(field, instance, fixture.part(field.getType()));
          }
        }
      }
    }
  }

  private static boolean isOurs(Field field) {
    return !Modifier.isStatic(field.getModifiers()) && !Modifier.isFinal(field.getModifiers());
  }

  private static void fill(Field field, Object instance, Object part) {
    try {
      field.setAccessible(true);
      Object own = field.get(instance);
      // With one instance for all tests of a class, the field holds what the last test was given.
      if (own != null && !GIVEN.contains(own)) {
        throw new ExtensionConfigurationException(
            "The field "
                + field.getName()
                + " of "
                + field.getDeclaringClass().getName()
                + " has a "
                + field.getType().getSimpleName()
                + " of the test's own, which this extension would replace: make it final to keep"
                + " it, or leave it empty.");
      }
      GIVEN.add(part);
      field.set(instance, part);
    } catch (IllegalAccessException | InaccessibleObjectException closed) {
      throw new ExtensionConfigurationException(
          "The field "
              + field.getName()
              + " of "
              + field.getDeclaringClass().getName()
              + " cannot be set: open its package to this module, or take a parameter instead.",
          closed);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return TestFixture.has(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    TestFixture fixture = store(context).get(this, TestFixture.class);
    if (fixture == null) {
      throw new ParameterResolutionException(
          "Each test has a "
              + type.getSimpleName()
              + " of its own, and there is no test yet: take it as a parameter of a test, of"
              + " @BeforeEach or of @AfterEach, or in a field, not of a constructor, @BeforeAll or"
              + " @AfterAll.");
    }
    return fixture.part(type);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestFixture fixture = store(context).remove(this, TestFixture.class);
    if (fixture == null) {
      return;
    }
    try (fixture) {
      Throwable failure = context.getExecutionException().orElse(null);
      if (failure != null) {
        String timeline = fixture.klaviyo().timeline();
        context.publishReportEntry(REPORT_ENTRY, timeline);
        if (!String.valueOf(failure.getMessage()).contains(timeline)) {
          failure.addSuppressed(new Evidence(timeline));
        }
      } else if (strict) {
        fixture.requireOrder();
      }
    }
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }

  /** Not a failure: what is printed with one. */
  @SuppressWarnings("OverrideThrowableToString") // It is printed as text, without a class's name.
  private static final class Evidence extends Throwable {
    private static final long serialVersionUID = 1L;

    Evidence(String text) {
      super(text, null, false, false);
    }

    @Override
    public String toString() {
      return String.valueOf(getMessage());
    }
  }
}
