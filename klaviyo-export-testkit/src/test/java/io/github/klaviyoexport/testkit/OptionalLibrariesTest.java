package io.github.klaviyoexport.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** AssertJ and JUnit are needed by those only who use the packages made for them. */
class OptionalLibrariesTest {
  private static final Path CLASSES =
      Path.of(System.getProperty("basedir", ""), "target", "classes").toAbsolutePath();
  private static final Pattern OPTIONAL =
      Pattern.compile("/(assertj|junit|opentest4j|apiguardian)[^/]*\\.jar$");
  private static final Pattern OF_A_LIBRARY = Pattern.compile("org/(assertj|junit)/");
  private static final List<String> THEIR_PACKAGES = List.of("assertj", "contract", "junit");

  /** The class path of a user who has neither. */
  private static URLClassLoader without() {
    URL[] urls =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !OPTIONAL.matcher(entry).find())
            .map(OptionalLibrariesTest::url)
            .toArray(URL[]::new);
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  private static URL url(String entry) {
    try {
      return Path.of(entry).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void an_account_is_opened_and_closed_without_them() throws Exception {
    try (URLClassLoader loader = without()) {
      assertThatThrownBy(() -> loader.loadClass("org.assertj.core.api.Assertions"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThatThrownBy(() -> loader.loadClass("org.junit.jupiter.api.Test"))
          .isInstanceOf(ClassNotFoundException.class);

      Class<?> type = loader.loadClass(FakeKlaviyo.class.getName());
      Object klaviyo = type.getMethod("start").invoke(null);
      assertThat(type.getMethod("timeline").invoke(klaviyo))
          .isEqualTo("No request has reached the account.");
      type.getMethod("close").invoke(klaviyo);
    }
  }

  @Test
  void no_class_outside_their_packages_mentions_them() throws IOException {
    List<String> mentioning = new ArrayList<>();
    try (Stream<Path> files = Files.walk(CLASSES)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
        if (OF_A_LIBRARY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1)).find()) {
          mentioning.add(CLASSES.relativize(file).getParent().getFileName().toString());
        }
      }
    }
    assertThat(mentioning).contains("assertj", "contract").isSubsetOf(THEIR_PACKAGES);
  }
}
