package io.github.klaviyoexport;

import io.github.klaviyoexport.internal.files.EarlyClosing;
import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.report.ReportText;
import io.github.klaviyoexport.profile.Rejection;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A listener that writes every rejection to a file, while the export runs.
 *
 * <p>A report keeps the first {@value ExportReport#MAX_REJECTIONS} rejections; this file has no
 * such limit, and memory does not grow with it.
 *
 * {@snippet class="io.github.klaviyoexport.ReportExamplesTest" region="file"}
 *
 * <p>A line has the customer's id, the scope, the field, the reason and Klaviyo's error code, never
 * a value; it is UTF-8. A CSV file begins with a header line, also when nothing follows. Lines are
 * in the file by the next time the export {@linkplain ExportListener#progressed moves on}.
 *
 * <p>A file that stands there is replaced. Where the file system knows owners, only the owner may
 * read the new one.
 *
 * <p>When the disk is full or gone, the export goes on and the log says so once; {@link #close()}
 * then throws, so that an incomplete file is not taken for a complete one.
 *
 * <p>Safe for use by many threads: exports that run side by side can share one. A line does not say
 * of which export it is.
 */
public final class RejectionFile implements ExportListener, Closeable {
  private final Path path;
  private final Writer writer;
  private final Function<Rejection, String> line;
  private @Nullable IOException failure;
  private boolean closed;
  private final EarlyClosing earlyClosing;

  /**
   * Creates a listener that writes to an open writer; {@link #csv} and {@link #jsonLines} open it.
   */
  RejectionFile(Path path, Writer writer, Function<Rejection, String> line) {
    this.path = path;
    this.earlyClosing = new EarlyClosing("rejections", path);
    this.writer = writer;
    this.line = line;
  }

  /**
   * Creates a CSV file as RFC 4180 describes it, with a header line: {@code
   * customer_id,scope,field,reason,code,other_customer_id}. It is for programs: an id is there byte
   * for byte, so that customers can be found by it, mended, and exported again.
   *
   * <p>An id that begins with {@code =}, {@code +}, {@code -} or {@code @} is a formula to a
   * spreadsheet, which may run it when the file is opened there ("CSV injection"). Where ids come
   * from outside and people open the file in a spreadsheet, use {@link #csvForSpreadsheets}.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static RejectionFile csv(Path path) throws IOException {
    return new RejectionFile(path, create(path, ReportText.REJECTIONS_HEADER), ReportText::csvLine);
  }

  /**
   * Creates the file that {@link #csv} does for spreadsheets: an apostrophe stands before what one
   * would run as a formula, in ids too, so that such an id differs from the source's by it.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static RejectionFile csvForSpreadsheets(Path path) throws IOException {
    return new RejectionFile(
        path, create(path, ReportText.REJECTIONS_HEADER), ReportText::spreadsheetLine);
  }

  /**
   * Creates a file of JSON Lines: one object a line, with the names that the CSV file has in its
   * header; a line whose value was of a type that cannot be sent has that {@code type} as well.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static RejectionFile jsonLines(Path path) throws IOException {
    return new RejectionFile(path, create(path, ""), ReportText::jsonLine);
  }

  private static Writer create(Path path, String header) throws IOException {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException(path + " is not a file: pass the path of the file to write.");
    }
    try {
      // Made anew, so that neither the old one's permissions nor a link decide who can read it.
      Files.deleteIfExists(path);
      PrivateFiles.makeNewFile(path);
      // A stream, since a channel closes for good when its thread is interrupted.
      Writer writer =
          new OutputStreamWriter(
              Files.newOutputStream(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
              StandardCharsets.UTF_8);
      writer.write(header);
      writer.flush();
      return writer;
    } catch (NoSuchFileException noDirectory) {
      throw new IOException(
          "There is no directory for the file " + path + ": make it first.", noDirectory);
    } catch (AccessDeniedException denied) {
      throw new IOException(
          "The file " + path + " may not be written: check the permissions of its directory.",
          denied);
    } catch (FileAlreadyExistsException race) {
      throw new IOException(
          "Another program has just created the file " + path + ": pass a path of your own.", race);
    } catch (IOException e) {
      throw PrivateFiles.unwritable(path, e);
    }
  }

  @Override
  public synchronized void rejected(Rejection rejection) {
    if (closed) {
      earlyClosing.warn();
      return;
    }
    if (failure == null) {
      try {
        writer.write(line.apply(rejection));
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  @Override
  public synchronized void progressed(ExportProgress progress) {
    flush();
  }

  @Override
  public synchronized void finished(ExportReport report) {
    flush();
  }

  private void flush() {
    if (failure == null && !closed) {
      try {
        writer.flush();
      } catch (IOException e) {
        fail(e);
      }
    }
  }

  private void fail(IOException e) {
    failure = e;
    System.getLogger("io.github.klaviyoexport")
        .log(
            System.Logger.Level.WARNING,
            "The file of rejections {0} cannot be written on ({1}); the export is not affected.",
            path,
            e.getClass().getName());
  }

  /**
   * Closes the file; further rejections are not written, of which the log warns once. Close it when
   * the export has ended: behind {@code run()}, or when the report of {@code start()} is there.
   *
   * @throws IOException if rejections are missing from it, or may be
   */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    flush();
    closed = true;
    try {
      writer.close();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
    if (failure != null) {
      throw new IOException(
          "The file of rejections "
              + path
              + " is incomplete: make room or mend the disk, and export again. The report counts"
              + " all rejections and keeps the first "
              + ExportReport.MAX_REJECTIONS
              + ".",
          failure);
    }
  }

  /** Returns where it writes. */
  @Override
  public String toString() {
    return "RejectionFile[" + path + "]";
  }
}
