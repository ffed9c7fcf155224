package io.github.klaviyoexport.javadoc;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.UnknownInlineTagTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.element.Element;
import jdk.javadoc.doclet.Taglet;

/**
 * Shows {@code {@snippet class="…" region="…"}} on JDK 17, whose Javadoc does not know that tag.
 *
 * <p>The system property {@code snippet.path} names the folder in which the classes lie.
 */
public final class SnippetTaglet implements Taglet {
  private static final Pattern CLASS = Pattern.compile("\\bclass=\"([\\w.]+)\"");
  private static final Pattern REGION = Pattern.compile("\\bregion=\"([\\w-]+)\"");

  @Override
  public Set<Location> getAllowedLocations() {
    return EnumSet.allOf(Location.class);
  }

  @Override
  public boolean isInlineTag() {
    return true;
  }

  @Override
  public String getName() {
    return "snippet";
  }

  @Override
  public String toString(List<? extends DocTree> tags, Element element) {
    StringBuilder html = new StringBuilder();
    for (DocTree tag : tags) {
      StringBuilder attributes = new StringBuilder();
      ((UnknownInlineTagTree) tag).getContent().forEach(attributes::append);
      html.append("<pre class=\"snippet\"><code class=\"language-java\">")
          .append(escaped(text(attributes.toString())))
          .append("</code></pre>");
    }
    return html.toString();
  }

  private static String text(String attributes) {
    String name = attribute(CLASS, attributes);
    Path file = Path.of(System.getProperty("snippet.path"), name.replace('.', '/') + ".java");
    try {
      return SnippetRegion.in(Files.readString(file), attribute(REGION, attributes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String attribute(Pattern pattern, String attributes) {
    Matcher found = pattern.matcher(attributes);
    if (!found.find()) {
      throw new IllegalArgumentException("A snippet names a class and a region: " + attributes);
    }
    return found.group(1);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
