package io.github.klaviyoexport.testkit.site;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The links of a site that lead nowhere, and what its pages would fetch from elsewhere. */
final class DeadLinks {
  private static final Pattern COMMENT = Pattern.compile("<!--.*?-->", Pattern.DOTALL);
  private static final Pattern SCRIPT =
      Pattern.compile("(<script[^>]*>).*?</script>", Pattern.DOTALL);
  private static final Pattern ID = Pattern.compile("\\s(?:id|name)=\"([^\"]*)\"");
  private static final Pattern TARGET =
      Pattern.compile("<(\\w+)\\s[^>]*?\\b(?:href|src)=\"([^\"]*)\"");
  private static final Pattern ELSEWHERE = Pattern.compile("(?i)[a-z][a-z0-9+.-]*:.*|//.*");

  private final Path site;
  private final Map<Path, String> pages = new TreeMap<>();
  private final Map<Path, Set<String>> ids = new HashMap<>();

  private DeadLinks(Path site) throws IOException {
    this.site = site;
    try (Stream<Path> files = Files.walk(site)) {
      for (Path page : files.filter(file -> file.toString().endsWith(".html")).toList()) {
        String html = COMMENT.matcher(Files.readString(page)).replaceAll("");
        html = SCRIPT.matcher(html).replaceAll("$1");
        pages.put(page, html);
        Set<String> known = new HashSet<>();
        ID.matcher(html).results().forEach(id -> known.add(unescaped(id.group(1))));
        ids.put(page, known);
      }
    }
  }

  /** Returns what is wrong with the links of a site, a line each; none if all is well. */
  static List<String> of(Path site) throws IOException {
    return new DeadLinks(site).find();
  }

  private List<String> find() {
    List<String> dead = new ArrayList<>();
    pages.forEach(
        (page, html) -> {
          Matcher targets = TARGET.matcher(html);
          while (targets.find()) {
            String target = unescaped(targets.group(2));
            String wrong = whatIsWrong(page, targets.group(1), target);
            if (wrong != null) {
              dead.add(site.relativize(page) + " -> " + target + ": " + wrong);
            }
          }
        });
    return dead;
  }

  private String whatIsWrong(Path page, String tag, String target) {
    if (ELSEWHERE.matcher(target).matches()) {
      return tag.equals("a") ? null : "is fetched from elsewhere";
    }
    String[] parts = target.split("#", 2);
    Path file = parts[0].isEmpty() ? page : page.resolveSibling(decoded(parts[0])).normalize();
    if (!file.startsWith(site)) {
      return "leads out of the site";
    }
    if (!Files.isRegularFile(file)) {
      return "no such file";
    }
    boolean anchor = parts.length == 2 && !parts[1].isEmpty() && pages.containsKey(file);
    return anchor && !ids.get(file).contains(decoded(parts[1])) ? "no such anchor" : null;
  }

  private static String decoded(String address) {
    return URLDecoder.decode(address.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String unescaped(String attribute) {
    return attribute
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }
}
