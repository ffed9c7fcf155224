package io.github.klaviyoexport;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Javadoc of both modules' main code keeps to the idiom of the language. */
class JavadocStyleTest {
  private static final List<Path> SOURCES =
      List.of(Path.of("src/main/java"), Path.of("../klaviyo-export-testkit/src/main/java"));

  /** What the Javadoc of a method or constructor may begin with: a new verb is added on purpose. */
  private static final List<String> VERBS =
      List.of(
          """
          Accepts Adds Answers Asks Asserts
          Begins Breaks Brings Builds
          Calls Cancels Changes Checks Clears Closes Computes Connects Converts Copies Counts Creates Cuts
          Deletes Describes Divides Does Draws
          Ends Erases Exports Extends
          Fails Fills Finds Fits Follows Forgets
          Gives Goes
          Handles Hands Has Hashes Hears Holds
          Judges
          Keeps
          Leaves Lets Listens Lists Looks
          Makes Manages Maps Meets Merges Moves
          Names Notes
          Obeys Objects Opens
          Packs Passes Prepares Puts
          Queues Quotes
          Reads Records Refuses Releases Remembers Removes Renews Replaces Replays Requires
          Returns Runs
          Saves Says Scripts Sends Sets Shows Spaces Speaks Starts Stops Stores Subscribes
          Takes Tells
          Unpacks Unsubscribes Uploads
          Verifies
          Waits Watches Writes
          """
              .strip()
              .split("\\s+"));

  /** How Javadoc speaks of people; a thing is "it" or "that", and none of them is "none". */
  private static final Pattern OF_PEOPLE =
      Pattern.compile("\\b(whoever|somebody|nobody)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern FIRST_WORDS = Pattern.compile("\\A[\\s*]*([^\\s*]+(?: \\S+){0,4})");

  private static final List<DocComment> COMMENTS = new ArrayList<>();

  /** A comment, where it begins, and whether it is that of a method or constructor. */
  private record DocComment(Path file, int line, boolean ofMethod, String text) {
    String firstWords() {
      Matcher words = FIRST_WORDS.matcher(text);
      return words.find() ? words.group(1) : "";
    }

    boolean beginsWithVerb() {
      String first = firstWords().split(" ", 2)[0].replaceAll("[,;:]+$", "");
      return first.equals("{@return") || first.equals("{@inheritDoc}") || VERBS.contains(first);
    }

    @Override
    public String toString() {
      return file + ":" + line + ": " + firstWords();
    }
  }

  @BeforeAll
  static void read_all_comments() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(javaFiles()));
      DocTrees trees = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Comments(trees, unit).scan(unit, null);
      }
    }
  }

  private static List<Path> javaFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path source : SOURCES) {
      try (Stream<Path> files = Files.walk(source)) {
        files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(found::add);
      }
    }
    return found;
  }

  @Test
  void the_comments_of_both_modules_are_found() {
    for (Path source : SOURCES) {
      assertThat(COMMENTS)
          .filteredOn(comment -> comment.file().startsWith(source))
          .as("comments in " + source)
          .hasSizeGreaterThan(300)
          .anyMatch(DocComment::ofMethod)
          .anyMatch(comment -> !comment.ofMethod())
          .anyMatch(comment -> comment.file().endsWith("package-info.java"));
    }
  }

  @Test
  void a_method_is_described_by_what_it_does() {
    List<String> found =
        COMMENTS.stream()
            .filter(comment -> comment.ofMethod() && !comment.beginsWithVerb())
            .map(DocComment::toString)
            .toList();

    assertNone(found, "Javadoc of a method that begins with no verb of the list in this test");
  }

  @Test
  void a_thing_is_not_spoken_of_as_a_person() {
    List<String> found = new ArrayList<>();
    for (DocComment comment : COMMENTS) {
      Matcher word = OF_PEOPLE.matcher(comment.text());
      while (word.find()) {
        long breaks =
            comment.text().substring(0, word.start()).chars().filter(c -> c == '\n').count();
        found.add(comment.file() + ":" + (comment.line() + breaks) + ": " + word.group());
      }
    }

    assertNone(found, "Javadoc that speaks of a thing as of a person");
  }

  private static void assertNone(List<String> found, String what) {
    assertThat(String.join("\n", found)).as("%s: %d", what, found.size()).isEmpty();
  }

  @Test
  void the_verbs_stand_in_alphabetical_order_each_once() {
    assertThat(VERBS).isSorted().doesNotHaveDuplicates();
  }

  /** Collects the comments of a file. */
  private static final class Comments extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees trees;
    private final CompilationUnitTree unit;
    private final Path file;
    private final String source;

    Comments(DocTrees trees, CompilationUnitTree unit) throws IOException {
      this.trees = trees;
      this.unit = unit;
      this.file = Path.of(unit.getSourceFile().getName());
      this.source = unit.getSourceFile().getCharContent(true).toString();
    }

    @Override
    public @Nullable Void visitPackage(PackageTree node, @Nullable Void unused) {
      collect(node);
      return super.visitPackage(node, unused);
    }

    @Override
    public @Nullable Void visitClass(ClassTree node, @Nullable Void unused) {
      collect(node);
      return super.visitClass(node, unused);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree node, @Nullable Void unused) {
      collect(node);
      return super.visitMethod(node, unused);
    }

    @Override
    public @Nullable Void visitVariable(VariableTree node, @Nullable Void unused) {
      collect(node);
      return super.visitVariable(node, unused);
    }

    private void collect(Tree node) {
      if (trees.getDocComment(getCurrentPath()) == null) {
        return;
      }
      int declared = (int) trees.getSourcePositions().getStartPosition(unit, node);
      int begin = source.lastIndexOf("/**", declared) + "/**".length();
      String text = source.substring(begin, source.indexOf("*/", begin));
      int line = (int) source.substring(0, begin).lines().count();
      COMMENTS.add(new DocComment(file, line, node.getKind() == Tree.Kind.METHOD, text));
    }
  }
}
