package io.github.klaviyoexport.testkit.site;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where links of a document lead on the site: to another page, to the API for a Java file of a
 * public package, and to the repository of the release for all else.
 */
final class Hyperlinks {
  private static final Pattern API =
      Pattern.compile("klaviyo-export-\\w+/src/main/java/(io/github/(?!.*/internal).+)");
  private static final String SOURCES = "https://github.com/klaviyoexport/klaviyo-export/";

  private final Path repository;
  private final SiteMap map;
  private final String version;
  private final SiteMap.Entry from;

  Hyperlinks(Path repository, SiteMap map, String version, SiteMap.Entry from) {
    this.repository = repository;
    this.map = map;
    this.version = version;
    this.from = from;
  }

  /**
   * Returns the address for a link as the document has it.
   *
   * @throws IllegalArgumentException if the repository has no such file
   */
  String address(String link) {
    if (link.startsWith("#") || URI.create(link.replace(' ', '+')).getScheme() != null) {
      return link;
    }
    String[] parts = link.split("#", 2);
    String fragment = parts.length == 2 ? "#" + parts[1] : "";
    String file =
        slashes(
            Path.of("/")
                .relativize(Path.of("/", from.document()).resolveSibling(parts[0]).normalize()));
    if (!Files.exists(repository.resolve(file))) {
      throw new IllegalArgumentException(
          from.document() + " links to " + link + ", which is not there.");
    }
    Optional<SiteMap.Entry> page = map.pageOf(file);
    if (page.isPresent()) {
      return relative(from.address(), page.get().address()) + fragment;
    }
    Matcher api = API.matcher(file);
    if (api.matches()) {
      return relative(from.address(), "api/" + apiPage(api.group(1)));
    }
    String kind = Files.isDirectory(repository.resolve(file)) ? "tree" : "blob";
    return SOURCES + kind + "/v" + version + "/" + file + fragment;
  }

  private static String apiPage(String file) {
    return file.endsWith("/package-info.java") || !file.endsWith(".java")
        ? file.replaceAll("/(package-info\\.java)?$", "") + "/package-summary.html"
        : file.replaceAll("\\.java$", ".html");
  }

  /** Returns the address of one page of the site as another one has it. */
  static String relative(String from, String to) {
    Path folder = Path.of("/", from).getParent();
    return slashes(folder.relativize(Path.of("/", to)));
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }
}
