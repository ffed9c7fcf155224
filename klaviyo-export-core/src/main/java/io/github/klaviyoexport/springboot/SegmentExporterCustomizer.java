package io.github.klaviyoexport.springboot;

import io.github.klaviyoexport.SegmentExporter;

/**
 * A bean that fits out the exporters of a Spring Boot application with what no property says.
 *
 * {@snippet class="io.github.klaviyoexport.springboot.SpringBootExamplesTest" region="customizer"}
 *
 * <p>It is called for each {@link SegmentExporter.Builder} that the application context hands out,
 * after properties and beans have set theirs, in the order of {@code @Order}.
 */
@FunctionalInterface
public interface SegmentExporterCustomizer {
  /** Sets options of a builder. */
  void customize(SegmentExporter.Builder builder);
}
