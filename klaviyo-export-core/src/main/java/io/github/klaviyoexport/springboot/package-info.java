/**
 * Auto-configuration for Spring Boot 3.5 and 4, which the host brings: exporter, catalog, health,
 * metrics and shutdown from {@code klaviyo.export.*} properties and the application's beans.
 *
 * <p>Nothing here is loaded where Spring Boot is missing. The properties are listed in the
 * library's {@code docs/spring-boot.md}.
 */
@NullMarked
package io.github.klaviyoexport.springboot;

import org.jspecify.annotations.NullMarked;
