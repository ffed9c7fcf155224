package io.github.klaviyoexport.testkit.springboot;

import io.github.klaviyoexport.springboot.KlaviyoExportAutoConfiguration;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Puts a fake account in place of Klaviyo for the tests of a class, as the property {@code
 * klaviyo.export.fake.enabled} does; also beside {@code @JdbcTest} and other slices, which then
 * have exporter and catalog, too.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.springboot.FakeSliceTest" region="slice"}
 *
 * <p>The account is a {@link io.github.klaviyoexport.testkit.FakeKlaviyo} bean, to be injected into
 * the test. Like every bean it lives as long as its application context, which tests with the same
 * configuration share: call {@link io.github.klaviyoexport.testkit.FakeKlaviyo#reset()} before each
 * test.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration({FakeKlaviyoAutoConfiguration.class, KlaviyoExportAutoConfiguration.class})
public @interface AutoConfigureFakeKlaviyo {}
