package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.memory.ExportMemory;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/**
 * What Spring Boot prints when the application asks for a bean of ours that could not be made, or
 * has several of a type where one is needed.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MissingBeanFailureAnalyzer
    extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {
  private static final String CONNECTION =
      "say which account is exported to: set klaviyo.export.credentials to where its key is kept"
          + " (env:KLAVIYO_API_KEY, for example), or define a KlaviyoConnection bean";

  private final BeanFactory beans;

  MissingBeanFailureAnalyzer(BeanFactory beans) {
    this.beans = beans;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable root, NoSuchBeanDefinitionException missing) {
    ResolvableType wanted = missing.getResolvableType();
    Class<?> type = wanted == null ? null : wanted.resolve();
    if (type == null) {
      return null;
    }
    if (missing instanceof NoUniqueBeanDefinitionException several
        && type.getName().startsWith("io.github.klaviyoexport.")) {
      return new FailureAnalysis(
          "The application has several beans of type "
              + type.getName()
              + ", of which none is the primary one: "
              + names(several)
              + ".",
          "Mark one of them as @Primary, take the others away, or make the bean that takes one of"
              + " them yourself.",
          missing);
    }
    List<String> advice = advice(type);
    return advice.isEmpty()
        ? null
        : new FailureAnalysis(
            "The application asks for a bean of type "
                + type.getName()
                + ", which could not be made.",
            "To have one, " + String.join("; and ", advice) + ".",
            missing);
  }

  /** Returns the names of beans of which one would do. */
  static String names(NoUniqueBeanDefinitionException several) {
    Collection<String> names = several.getBeanNamesFound();
    return names == null ? "their names are not known" : String.join(", ", names);
  }

  private List<String> advice(Class<?> type) {
    List<String> advice = new ArrayList<>();
    if (type == KlaviyoConnection.class) {
      advice.add(CONNECTION);
    } else if (type == SegmentExporter.class) {
      one(ProfileSource.class, "the place profiles come from", advice);
      one(FieldMapping.class, "which of your fields hold what", advice);
      if (named(KlaviyoConnection.class).length != 1) {
        advice.add(CONNECTION);
      }
    } else if (type == ExportJournal.class) {
      advice.add("set klaviyo.export.journal.directory, or klaviyo.export.journal.database=true");
    } else if (type == ExportMemory.class) {
      advice.add(
          "set klaviyo.export.memory.key, and klaviyo.export.memory.directory or"
              + " klaviyo.export.memory.database=true");
    } else if (type == Catalog.class) {
      advice.add("set klaviyo.export.catalog.enabled=true");
      one(ProfileSource.class, "the place profiles come from", advice);
    }
    return advice;
  }

  private void one(Class<?> type, String what, List<String> advice) {
    String[] found = named(type);
    if (found.length == 0) {
      advice.add("define a " + type.getSimpleName() + " bean, " + what);
    } else if (found.length > 1) {
      advice.add(
          "mark one of the "
              + found.length
              + " "
              + type.getSimpleName()
              + " beans ("
              + String.join(", ", found)
              + ") as @Primary");
    }
  }

  private String[] named(Class<?> type) {
    return beans instanceof ListableBeanFactory all
        ? all.getBeanNamesForType(type, true, false)
        : new String[0];
  }
}
