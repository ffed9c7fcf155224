package io.github.klaviyoexport.springboot;

import io.github.klaviyoexport.catalog.Catalog;

/**
 * A bean that fits out the catalog of a Spring Boot application with what no property says, for
 * example its attempts or how long its history is.
 *
 * {@snippet class="io.github.klaviyoexport.springboot.SpringBootExamplesTest" region="catalog"}
 *
 * <p>It is called once, after properties and beans have set theirs, in the order of {@code @Order}.
 */
@FunctionalInterface
public interface CatalogCustomizer {
  /** Sets options of the builder. */
  void customize(Catalog.Builder builder);
}
