package io.github.klaviyoexport.testkit.site;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.Document;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.html.HtmlWriter;
import org.commonmark.renderer.text.TextContentRenderer;

/** A Markdown document that is read, and written as HTML with other links. */
final class MarkdownPage {
  private static final List<Extension> EXTENSIONS = List.of(TablesExtension.create());
  private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();

  /**
   * A heading that can be linked to.
   *
   * @param id as GitHub makes it, so that a link leads to the same place there
   */
  record Section(int level, String id, String title) {}

  private final Node document;
  private final Map<Node, String> ids = new HashMap<>();
  private final List<Section> sections = new ArrayList<>();
  private final HtmlRenderer renderer;

  private MarkdownPage(Node document) {
    this.document = document;
    this.renderer =
        HtmlRenderer.builder()
            .extensions(EXTENSIONS)
            .attributeProviderFactory(
                context ->
                    (node, tag, attributes) -> {
                      if (ids.containsKey(node)) {
                        attributes.put("id", ids.get(node));
                      }
                      if (node instanceof TableCell cell && !cell.isHeader()) {
                        attributes.put("data-label", headOf(cell));
                      }
                    })
            .nodeRendererFactory(CodeRenderer::new)
            .build();
  }

  static MarkdownPage of(String markdown, UnaryOperator<String> links) {
    MarkdownPage page = new MarkdownPage(PARSER.parse(markdown));
    page.document.accept(page.preparing(links));
    return page;
  }

  private AbstractVisitor preparing(UnaryOperator<String> links) {
    return new AbstractVisitor() {
      @Override
      public void visit(Link link) {
        link.setDestination(links.apply(link.getDestination()));
        visitChildren(link);
      }

      @Override
      public void visit(Heading heading) {
        String title = text(heading);
        String id = idOf(title);
        ids.put(heading, id);
        sections.add(new Section(heading.getLevel(), id, title));
        visitChildren(heading);
      }

      @Override
      public void visit(HtmlBlock block) {
        if (block.getLiteral().startsWith("<!--")) {
          block.unlink();
        }
      }
    };
  }

  /** Returns the head of a cell's column, which narrow screens show beside the cell. */
  private static String headOf(TableCell cell) {
    Node table = cell.getParent().getParent().getParent();
    Node head = table.getFirstChild().getFirstChild().getFirstChild();
    for (Node before = cell.getPrevious(); before != null; before = before.getPrevious()) {
      head = head.getNext();
    }
    return text(head);
  }

  private String idOf(String title) {
    String id =
        title.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
    int same = 0;
    String unique = id;
    while (ids.containsValue(unique)) {
      unique = id + "-" + ++same;
    }
    return unique;
  }

  private static String text(Node node) {
    TextContentRenderer renderer = TextContentRenderer.builder().build();
    StringBuilder text = new StringBuilder();
    // One by one, since it knows no cells of tables.
    for (Node child = node.getFirstChild(); child != null; child = child.getNext()) {
      renderer.render(child, text);
    }
    return text.toString().replace('\n', ' ').strip();
  }

  String title() {
    return sections.get(0).title();
  }

  List<Section> sections() {
    return sections;
  }

  /** Returns the first paragraph as plain text. */
  String lead() {
    return text(first(Paragraph.class));
  }

  /** Returns what stands between the title and the paragraph of links or the heading after it. */
  String beginning() {
    Node start = new Document();
    Node node = document.getFirstChild().getNext();
    while (!(node instanceof Heading) && !(node.getFirstChild() instanceof Link)) {
      Node next = node.getNext();
      start.appendChild(node);
      node = next;
    }
    return renderer.render(start);
  }

  private Node first(Class<? extends Node> type) {
    Node node = document.getFirstChild();
    while (!type.isInstance(node)) {
      node = node.getNext();
    }
    return node;
  }

  String html() {
    return renderer
        .render(document)
        // Wide ones scroll by themselves, and not the page with them.
        .replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>");
  }

  /** Code in blocks, with colours where it is Java, and in lines, which may break behind signs. */
  private record CodeRenderer(HtmlNodeRendererContext context) implements NodeRenderer {
    @Override
    public Set<Class<? extends Node>> getNodeTypes() {
      return Set.of(Code.class, FencedCodeBlock.class);
    }

    @Override
    public void render(Node node) {
      HtmlWriter html = context.getWriter();
      if (node instanceof Code code) {
        html.tag("code");
        html.raw(HtmlText.escaped(code.getLiteral()).replaceAll("[_./](?=\\w)", "$0<wbr>"));
        html.tag("/code");
        return;
      }
      FencedCodeBlock block = (FencedCodeBlock) node;
      html.line();
      html.tag("pre", Map.of("tabindex", "0"));
      html.tag("code");
      html.raw(
          block.getInfo().equals("java")
              ? JavaColours.html(block.getLiteral())
              : HtmlText.escaped(block.getLiteral()));
      html.tag("/code");
      html.tag("/pre");
      html.line();
    }
  }
}
