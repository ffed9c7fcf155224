package io.github.klaviyoexport.testkit.site;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The Javadoc of both modules as one, so that its search and its index know all of it. */
final class ApiPages {
  private ApiPages() {}

  /**
   * Writes the pages. It takes JDK 25, whose Javadoc colours snippets and brings no fonts.
   *
   * @param header HTML that leads back to the rest of the site
   * @throws IllegalStateException if the tool fails or warns
   */
  static void write(Path repository, Path target, String version, String header, Path style)
      throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-quiet",
                "-notimestamp",
                "-Werror",
                "-Xdoclint:all,-missing",
                "--no-fonts",
                "--syntax-highlight",
                "-locale",
                "en_US",
                "-encoding",
                "UTF-8",
                "-docencoding",
                "UTF-8",
                "-charset",
                "UTF-8"));
    arguments.addAll(List.of("-windowtitle", "klaviyo-export " + version));
    arguments.addAll(List.of("-doctitle", "klaviyo-export " + version));
    arguments.addAll(List.of("-header", header));
    arguments.addAll(List.of("--add-stylesheet", style.toString()));
    arguments.addAll(
        List.of("-overview", file(repository, SiteMap.CORE + "src/main/javadoc/overview.html")));
    arguments.addAll(List.of("-group", "Testkit", "io.github.klaviyoexport.testkit*"));
    arguments.addAll(List.of("-group", "Library", "io.github.klaviyoexport*"));
    arguments.addAll(
        List.of(
            "--snippet-path",
            String.join(
                System.getProperty("path.separator"),
                file(repository, SiteMap.CORE + "src/test/java"),
                file(repository, SiteMap.TESTKIT + "src/test/java"))));
    arguments.addAll(List.of("-cp", classPath(repository)));
    arguments.addAll(List.of("-d", target.toString()));
    for (String module : List.of(SiteMap.CORE, SiteMap.TESTKIT)) {
      arguments.addAll(sources(repository.resolve(module + "src/main/java/io")));
    }
    StringWriter said = new StringWriter();
    PrintWriter lines = new PrintWriter(said, true);
    ToolProvider javadoc = ToolProvider.findFirst("javadoc").orElseThrow();
    int code = javadoc.run(lines, lines, arguments.toArray(String[]::new));
    if (code != 0 || !said.toString().isBlank()) {
      throw new IllegalStateException("javadoc ended with " + code + ":\n" + said);
    }
  }

  /**
   * This program's, and behind it that of core, which knows libraries that the testkit does not.
   */
  private static String classPath(Path repository) throws IOException {
    Path more = repository.resolve(SiteMap.CORE + "target/classpath.txt");
    String own = System.getProperty("java.class.path");
    return Files.exists(more)
        ? own + System.getProperty("path.separator") + Files.readString(more).strip()
        : own;
  }

  private static List<String> sources(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(Path::toString)
          .filter(file -> file.endsWith(".java"))
          .filter(file -> !file.replace('\\', '/').contains("/internal/"))
          .sorted()
          .toList();
    }
  }

  private static String file(Path repository, String name) {
    return repository.resolve(name).toString();
  }
}
