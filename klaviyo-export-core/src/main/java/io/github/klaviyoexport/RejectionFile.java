package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.files.EarlyClosing;
import io.github.klaviyoexport.internal.files.ListenerFile;
import io.github.klaviyoexport.internal.files.WholeLines;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.profile.Rejection;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A listener that writes every rejection to a file, while the export runs.
 *
 * <p>A report keeps the first {@value ExportReport#MAX_REJECTIONS} rejections; this file has no
 * such limit, and memory does not grow with it.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="file"}
 *
 * <p>A line has the customer's id, the scope, the field, the reason and Klaviyo's error code, never
 * a value; it is UTF-8. A CSV file begins with a header line, also when nothing follows. A line is
 * in the file at once.
 *
 * <p>A file that stands there is replaced. Where the file system knows owners, only the owner may
 * read the new one. A run that is resumed tells only what it finds itself, so it writes on in the
 * file of the run before ({@link #continuing}).
 *
 * <p>When the disk is full or gone, the export goes on and the log says so once. The file is then
 * called {@code .incomplete} besides, so that it is not taken for a complete one or written on, and
 * {@link #close()} throws. It also throws if something has removed or replaced the file. A second
 * {@code RejectionFile} of the same path is refused until the first is closed.
 *
 * <p>Safe for use by many threads: exports that run side by side can share one. A line does not say
 * of which export it is.
 */
public final class RejectionFile implements ExportListener, Closeable {
  private static final String REJECTIONS = "rejections";

  private static final Pattern FIRST_LINE =
      Pattern.compile(
          "\\{\"customer_id\":(?:null|\"(?:[^\"\\\\]|\\\\.)*+\"),\"scope\":\"[A-Z]++\",.*+",
          Pattern.DOTALL);

  private final Path path;
  private final ListenerFile file;
  private final Function<Rejection, String> line;
  private final EarlyClosing earlyClosing;

  /**
   * Creates a listener that writes to an open file; {@link #csv} and {@link #jsonLines} open it.
   */
  RejectionFile(Path path, ListenerFile file, Function<Rejection, String> line) {
    this.path = path;
    this.earlyClosing = new EarlyClosing(REJECTIONS, path);
    this.file = file;
    this.line = line;
  }

  /**
   * Creates a CSV file as RFC 4180 describes it, with a header line: {@code
   * customer_id,scope,field,reason,code,other_customer_id}. It is for programs: an id is there byte
   * for byte, so that customers can be found by it, mended, and exported again. Half of a surrogate
   * pair, which UTF-8 does not have, is a {@code ?}; JSON Lines keep it.
   *
   * <p>An id that begins with {@code =}, {@code +}, {@code -} or {@code @} is a formula to a
   * spreadsheet, which may run it when the file is opened there ("CSV injection"). Where ids come
   * from outside and people open the file in a spreadsheet, use {@link #csvForSpreadsheets}.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static RejectionFile csv(Path path) throws IOException {
    return create(path, ReportText.REJECTIONS_HEADER, ReportText::csvLine);
  }

  /**
   * Creates the file that {@link #csv} does for spreadsheets: an apostrophe stands before what one
   * would run as a formula, in ids too, so that such an id differs from the source's by it. Its
   * first column is called {@code shown_customer_id}.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static RejectionFile csvForSpreadsheets(Path path) throws IOException {
    return create(path, ReportText.SHOWN_REJECTIONS_HEADER, ReportText::spreadsheetLine);
  }

  /**
   * Creates a file of JSON Lines: one object a line, with the names that the CSV file has in its
   * header; a line whose value was of a type that cannot be sent has that {@code type} as well.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static RejectionFile jsonLines(Path path) throws IOException {
    return create(path, "", ReportText::jsonLine);
  }

  /**
   * Opens a file that an earlier process has written, to write on in the same form: for a run that
   * is resumed, so that one file has the rejections of both. What that run finds again is there
   * twice. What a killed process has left of a line is taken off.
   *
   * @throws IOException if there is no such file, it is none of rejections, or it cannot be
   *     written; the message says what to do
   */
  public static RejectionFile continuing(Path path) throws IOException {
    ListenerFile file = ListenerFile.continuing(REJECTIONS, path);
    WholeLines whole = file.whole();
    Function<Rejection, String> line = null;
    if (whole.beginWith(ReportText.REJECTIONS_HEADER)) {
      line = ReportText::csvLine;
    } else if (whole.beginWith(ReportText.SHOWN_REJECTIONS_HEADER)) {
      line = ReportText::spreadsheetLine;
    } else if (whole.begin(FIRST_LINE)) {
      line = ReportText::jsonLine;
    }
    if (line == null) {
      file.leave();
      throw new IOException(
          "The file "
              + path
              + " holds no rejections: name the file that the run before has written.");
    }
    file.writeOn(whole.bytes());
    return new RejectionFile(path, file, line);
  }

  private static RejectionFile create(Path path, String header, Function<Rejection, String> line)
      throws IOException {
    return new RejectionFile(path, ListenerFile.create(REJECTIONS, path, header), line);
  }

  /** Writes a line at once, so that it is there before a journal may say that it was found. */
  @Override
  public synchronized void rejected(Rejection rejection) {
    if (file.isClosed()) {
      earlyClosing.warn();
      return;
    }
    file.write(out -> out.write(line.apply(rejection).getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Closes the file; further rejections are not written, of which the log warns once. Close it when
   * the export has ended: behind {@code run()}, or when the report of {@code start()} is there.
   *
   * @throws IOException if rejections are missing from it, or may be; the message says what to do
   */
  @Override
  public synchronized void close() throws IOException {
    file.close(
        "The report counts all rejections and keeps the first "
            + ExportReport.MAX_REJECTIONS
            + ".");
  }

  /** Returns where it writes. */
  @Override
  public String toString() {
    return "RejectionFile[" + path + "]";
  }
}
