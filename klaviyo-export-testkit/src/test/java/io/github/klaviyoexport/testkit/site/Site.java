package io.github.klaviyoexport.testkit.site;

import io.github.klaviyoexport.testkit.site.SiteMap.Entry;
import io.github.klaviyoexport.testkit.site.SiteMap.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The documentation site: documents of the repository as pages, and the Javadoc of both modules.
 *
 * <p>The same sources give the same bytes: no page has the time or the place where it was made.
 */
public final class Site {
  private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

  private final Path repository;
  private final Path target;

  Site(Path repository, Path target) {
    this.repository = repository;
    this.target = target;
  }

  /**
   * Writes the site and checks its links; the program fails if one leads nowhere.
   *
   * @param arguments the folder of the repository, and that of the site
   */
  public static void main(String[] arguments) throws IOException {
    Path target = Path.of(arguments[1]).toAbsolutePath().normalize();
    Site site = new Site(Path.of(arguments[0]).toAbsolutePath().normalize(), target);
    site.writePages();
    site.writeApi();
    List<String> dead = DeadLinks.of(target);
    if (!dead.isEmpty()) {
      throw new IllegalStateException(
          "Links of the site lead nowhere:\n" + String.join("\n", dead));
    }
    System.out.println("The site is at " + target.resolve(PageFrame.HOME));
  }

  /** Writes all pages but those of the API. */
  void writePages() throws IOException {
    SiteMap map = SiteMap.of(repository);
    String version = version(repository);
    Map<Entry, MarkdownPage> pages = new LinkedHashMap<>();
    for (Entry entry : map.entries()) {
      Hyperlinks links = new Hyperlinks(repository, map, version, entry);
      pages.put(
          entry,
          MarkdownPage.of(Files.readString(repository.resolve(entry.document())), links::address));
    }
    PageFrame frame = new PageFrame(map, version);
    for (Map.Entry<Entry, MarkdownPage> page : pages.entrySet()) {
      write(page.getKey().address(), frame.page(page.getKey(), page.getValue()));
    }
    Map<String, String> leads = new HashMap<>();
    map.in(Section.GUIDES).forEach(guide -> leads.put(guide.address(), pages.get(guide).lead()));
    write(PageFrame.HOME, frame.home(beginning(map, version), leads));
    write(PageFrame.STYLE, resource("style.css"));
  }

  /** The README's first words, which say what the library is. */
  private String beginning(SiteMap map, String version) throws IOException {
    Entry home = new Entry(Section.REFERENCE, "README.md", PageFrame.HOME, "Home");
    Hyperlinks links = new Hyperlinks(repository, map, version, home);
    return MarkdownPage.of(Files.readString(repository.resolve("README.md")), links::address)
        .beginning();
  }

  private void writeApi() throws IOException {
    Path style = Files.createTempDirectory("site").resolve("api.css");
    try {
      Files.writeString(style, resource("api.css"));
      ApiPages.write(
          repository, target.resolve("api"), version(repository), PageFrame.barOfApi(), style);
    } finally {
      Files.deleteIfExists(style);
      Files.delete(style.getParent());
    }
  }

  private void write(String address, String text) throws IOException {
    Path file = target.resolve(address);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  static String version(Path repository) throws IOException {
    Matcher version = VERSION.matcher(Files.readString(repository.resolve("pom.xml")));
    if (!version.find()) {
      throw new IllegalStateException("pom.xml has no version.");
    }
    return version.group(1);
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Site.class.getResourceAsStream("/site/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
