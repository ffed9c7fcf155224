package io.github.klaviyoexport.internal.library;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/** A library that the exporter works with, and what to do when it is missing or does not fit. */
public enum Library {
  /** Reads CSV. */
  FASTCSV(
      "FastCSV",
      "CSV files are read",
      "de.siegmar:fastcsv",
      "de.siegmar.fastcsv",
      "4.4.0 or a later 4.x",
      "de.siegmar.fastcsv.reader.CsvReader"),
  /** Reads and writes JSON. */
  JACKSON(
      "Jackson",
      "JSON is read",
      "com.fasterxml.jackson.core:jackson-databind",
      "com.fasterxml.jackson",
      "2.15.2 or a later 2.x",
      "com.fasterxml.jackson.core.JsonFactory",
      "com.fasterxml.jackson.databind.ObjectMapper"),
  /** Decides when a call is made, and made again. */
  RESILIENCE4J(
      "resilience4j",
      "calls to Klaviyo are limited",
      "io.github.resilience4j:resilience4j-ratelimiter and resilience4j-retry",
      "io.github.resilience4j",
      "2.2.0 or a later 2.x",
      "io.github.resilience4j.retry.Retry",
      "io.github.resilience4j.ratelimiter.RateLimiter",
      "io.github.resilience4j.core.IntervalFunction");

  private final String words;
  private final String use;
  private final String coordinates;
  private final String packages;
  private final String fitting;
  private final String[] classes;
  private volatile boolean fits;

  Library(
      String words,
      String use,
      String coordinates,
      String packages,
      String fitting,
      String... classes) {
    this.words = words;
    this.use = use;
    this.coordinates = coordinates;
    this.packages = packages;
    this.fitting = fitting;
    this.classes = classes;
  }

  /** Returns the library that a failure to link is about, if it is one of these. */
  public static Optional<Library> of(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause instanceof LinkageError && depth < 8; depth++) {
      String message = String.valueOf(cause.getMessage()).replace('/', '.');
      for (Library library : values()) {
        if (message.contains(library.packages)) {
          return Optional.of(library);
        }
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  /**
   * Does what needs the library, unless that has been done before.
   *
   * @throws UnfitLibraryException if the library is missing or does not fit
   */
  public void require(Runnable use) {
    if (fits) {
      return;
    }
    try {
      use.run();
      fits = true;
    } catch (LinkageError unfit) {
      // Another library that does not fit is named as such.
      Library library = of(unfit).orElse(this);
      throw new UnfitLibraryException(library.advice() + ".", unfit);
    }
  }

  /** Returns what to do about the library, which is missing or does not fit: a clause. */
  public String advice() {
    String found = found();
    if (found != null) {
      return words
          + " does not fit: the version that was found is "
          + found
          + ", and the exporter works with "
          + fitting
          + ". Have your build resolve "
          + coordinates
          + " to such a version, once; a newer one may be overruled by a dependency that brings an"
          + " older one";
    }
    if (Library.class.getModule().isNamed()) {
      return words
          + " is not visible to the module of the exporter: put "
          + coordinates
          + " ("
          + fitting
          + ") on the module path, since the class path is not seen from there, and write requires "
          + packages
          + " in your module-info.java or --add-modules "
          + packages
          + " on the command line";
    }
    return use
        + " by "
        + words
        + ", which is not on the class path: add "
        + coordinates
        + " ("
        + fitting
        + ") to your build";
  }

  /**
   * Returns the version that is there, or the versions if its parts have different ones; "unknown"
   * if its files do not say, and {@code null} if it is missing.
   */
  @Nullable String found() {
    Set<String> found = new LinkedHashSet<>();
    for (String name : classes) {
      String version = versionOf(name);
      if (version != null) {
        found.add(version);
      }
    }
    return found.isEmpty() ? null : String.join(" and ", found);
  }

  private @Nullable String versionOf(String name) {
    Class<?> type;
    try {
      type = Class.forName(name, false, Library.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError missing) {
      return null;
    }
    ModuleDescriptor module = type.getModule().getDescriptor();
    return module != null && module.rawVersion().isPresent()
        ? module.rawVersion().get()
        : versionInManifest(type).orElse("unknown");
  }

  /** Returns the version in the manifest of a class's jar, unless it is another's jar. */
  private Optional<String> versionInManifest(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL jar = source == null ? null : source.getLocation();
    if (jar == null) {
      return Optional.empty();
    }
    try (InputStream bytes = jar.openStream();
        JarInputStream entries = new JarInputStream(bytes)) {
      Manifest manifest = entries.getManifest();
      if (manifest == null) {
        return Optional.empty();
      }
      Attributes says = manifest.getMainAttributes();
      boolean its =
          says.getOrDefault(new Attributes.Name("Bundle-SymbolicName"), "")
                  .toString()
                  .startsWith(packages)
              || says.getOrDefault(new Attributes.Name("Automatic-Module-Name"), "")
                  .toString()
                  .startsWith(packages);
      String version = says.getValue("Implementation-Version");
      return its
          ? Optional.ofNullable(version == null ? says.getValue("Bundle-Version") : version)
          : Optional.empty();
    } catch (IOException | RuntimeException unreadable) {
      return Optional.empty();
    }
  }
}
