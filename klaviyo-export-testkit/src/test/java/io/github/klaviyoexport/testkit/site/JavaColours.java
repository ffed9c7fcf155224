package io.github.klaviyoexport.testkit.site;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Java code as HTML, in which comments, texts, annotations and words of the language stand out. */
final class JavaColours {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<comment>//[^\n]*)"
              + "|(?<text>\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\])')"
              + "|(?<note>@\\w+)"
              + "|(?<word>\\b(?:case|catch|class|default|else|extends|final|for|if|implements|import"
              + "|interface|new|null|private|protected|public|record|return|static|switch|this"
              + "|throw|throws|try|void|while|true|false|long|int|boolean|double)\\b)",
          Pattern.DOTALL);
  private static final List<String> KINDS = List.of("comment", "text", "note", "word");

  private JavaColours() {}

  static String html(String code) {
    StringBuilder html = new StringBuilder();
    Matcher tokens = TOKEN.matcher(code);
    int end = 0;
    while (tokens.find()) {
      html.append(HtmlText.escaped(code.substring(end, tokens.start())));
      html.append("<span class=\"").append(kind(tokens)).append("\">");
      html.append(HtmlText.escaped(tokens.group())).append("</span>");
      end = tokens.end();
    }
    return html.append(HtmlText.escaped(code.substring(end))).toString();
  }

  private static String kind(Matcher token) {
    return KINDS.stream().filter(kind -> token.group(kind) != null).findFirst().orElseThrow();
  }
}
