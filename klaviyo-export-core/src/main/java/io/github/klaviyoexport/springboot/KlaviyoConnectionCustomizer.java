package io.github.klaviyoexport.springboot;

import io.github.klaviyoexport.klaviyo.KlaviyoConnection;

/**
 * A bean that adds to the connections of a Spring Boot application what no property says, for
 * example an HTTP client with a proxy.
 *
 * {@snippet class="io.github.klaviyoexport.springboot.SpringBootExamplesTest" region="connection"}
 *
 * <p>It is called for the connection that is made from the properties, and for each connection of
 * the catalog, in the order of {@code @Order}; when the catalog is made, also for one that is used
 * for nothing, to see that it works.
 */
@FunctionalInterface
public interface KlaviyoConnectionCustomizer {
  /** Returns the connection with what is to be added. */
  KlaviyoConnection customize(KlaviyoConnection connection);
}
