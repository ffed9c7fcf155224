package io.github.klaviyoexport;

import io.github.klaviyoexport.Outcome.Kind;
import io.github.klaviyoexport.internal.files.EarlyClosing;
import io.github.klaviyoexport.internal.files.ListenerFile;
import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.files.WholeLines;
import io.github.klaviyoexport.internal.report.OutcomeLines;
import io.github.klaviyoexport.internal.report.OutcomeLines.Form;
import io.github.klaviyoexport.internal.report.OutcomeReader;
import io.github.klaviyoexport.klaviyo.ListId;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A listener that writes the outcome of every profile to a file, while the export runs, and from
 * which those can be sent again that need it.
 *
 * {@snippet class="io.github.klaviyoexport.OutcomeExamplesTest" region="file"}
 *
 * <p>A line has the customer's id, the list and what became of the profile there: {@code id},
 * {@code list}, {@code outcome}, {@code job}, {@code why}, {@code duplicate_of}, {@code field},
 * {@code reason}, {@code code}, {@code type}, {@code shared_with} and {@code fields_left_out}, of
 * which JSON Lines have those that apply. It never has a value; it is UTF-8. Ids that are email
 * addresses are in it: it cannot do without. So where the file system knows owners, only the owner
 * may read the file.
 *
 * <p>A line takes some 90 bytes and some tenths of a microsecond, and memory does not grow with the
 * file. Whatever kills the process, the file is whole lines, but for the last perhaps, which {@link
 * #read} and {@link #continuing} leave out.
 *
 * <p>A resumed run that writes on in the file of the run before ({@link #continuing}) makes one
 * file of both, in which every profile has a line. It may have several, and the last of a customer
 * and a list holds: an {@link Kind#UNCONFIRMED unconfirmed} profile has another when it is
 * confirmed, and after a crash the outcomes of a batch or two are told again.
 *
 * <p>When the disk is full or gone, the export goes on and the log says so once. The file is then
 * called {@code .incomplete} besides, so that it is not taken for a complete one or written on, and
 * {@link #close()} throws. It also throws if something has removed or replaced the file. A second
 * {@code OutcomeFile} of the same path is refused until the first is closed. Read a file when it is
 * closed: where reading ends the lock, as on Linux, another process could write it.
 *
 * <p>Safe for use by many threads: exports that run side by side can share one, and so can exports
 * to several lists. Give exports of several segments to one list files of their own.
 */
public final class OutcomeFile implements ExportListener, Closeable {
  private static final String OUTCOMES = "outcomes";
  private static final int BYTES_AT_ONCE = 64 * 1024;

  /** Other files may begin with an object that has an id, which would be cut off if written on. */
  private static final Pattern FIRST_LINE =
      Pattern.compile(
          "\\{\"id\":\"(?:[^\"\\\\]|\\\\.)*+\",\"list\":\"[\\w-]++\",\"outcome\":\"[A-Z]++\".*+",
          Pattern.DOTALL);

  private final Path path;
  private final OutcomeLines lines;
  private final ListenerFile file;
  private final EarlyClosing earlyClosing;

  /** Creates a listener that writes to an open file. */
  OutcomeFile(Path path, Form form, ListenerFile file) {
    this.path = path;
    this.earlyClosing = new EarlyClosing(OUTCOMES, path);
    this.lines = new OutcomeLines(form);
    this.file = file;
  }

  /**
   * Creates a file of JSON Lines: one object a line. A file that stands there is replaced.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static OutcomeFile jsonLines(Path path) throws IOException {
    return create(path, Form.JSON_LINES);
  }

  /**
   * Creates a CSV file as RFC 4180 describes it, with a header line. It is for programs: an id is
   * there byte for byte, but for half of a surrogate pair, which UTF-8 does not have: that is a
   * {@code ?}, and JSON Lines keep it. Fields that were left out are in one column, as JSON. A file
   * that stands there is replaced.
   *
   * <p>An id that begins with {@code =}, {@code +}, {@code -} or {@code @} is a formula to a
   * spreadsheet, which may run it when the file is opened there ("CSV injection"). Where ids come
   * from outside and people open the file in a spreadsheet, use {@link #csvForSpreadsheets}.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static OutcomeFile csv(Path path) throws IOException {
    return create(path, Form.CSV);
  }

  /**
   * Creates the file that {@link #csv} does for spreadsheets: an apostrophe stands before what one
   * would run as a formula, in ids too, so that such an id differs from the source's by it. Its
   * first column is called {@code shown_id}. It is for people: {@link #continuing} writes on in it,
   * and {@link #read}, {@link #unresolved} and {@link #customers} refuse it. To send customers
   * again, write another file beside it.
   *
   * @throws IOException if the file cannot be created; the message says what to do
   */
  public static OutcomeFile csvForSpreadsheets(Path path) throws IOException {
    return create(path, Form.SPREADSHEET);
  }

  /**
   * Opens a file that an earlier process has written, to write on in the same form: for a run that
   * is resumed. What a killed process has left of a line is taken off.
   *
   * @throws IOException if there is no such file, it is none of outcomes, or it cannot be written;
   *     the message says what to do
   */
  public static OutcomeFile continuing(Path path) throws IOException {
    ListenerFile file = ListenerFile.continuing(OUTCOMES, path);
    WholeLines whole = file.whole();
    Form form = form(whole);
    if (form == null) {
      file.leave();
      throw notOne(path, "name the file that the run before has written");
    }
    file.writeOn(whole.bytes());
    return new OutcomeFile(path, form, file);
  }

  private static OutcomeFile create(Path path, Form form) throws IOException {
    return new OutcomeFile(path, form, ListenerFile.create(OUTCOMES, path, form.header()));
  }

  @Override
  public synchronized void outcome(Outcome outcome) {
    if (file.isClosed()) {
      earlyClosing.warn();
      return;
    }
    if (!file.isOver()) {
      lines.add(outcome);
      if (lines.length() >= BYTES_AT_ONCE) {
        flush();
      }
    }
  }

  @Override
  public synchronized void outcomesTold() {
    flush();
    file.sync();
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
    if (lines.length() > 0) {
      file.write(lines::writeTo);
    }
  }

  /**
   * Closes the file; further outcomes are not written, of which the log warns once. Close it when
   * the export has ended: behind {@code run()}, or when the report of {@code start()} is there.
   *
   * @throws IOException if outcomes are missing from it, or may be; the message says what to do
   */
  @Override
  public synchronized void close() throws IOException {
    outcomesTold();
    file.close("The report counts all profiles.");
  }

  /**
   * Reads the outcomes that a file holds, one after the other, in the order in which they were
   * written; a customer may have several in a list, of which the last holds.
   *
   * @throws IOException if there is no such file, or it is none of outcomes or one for
   *     spreadsheets; the message says what to do
   */
  public static void read(Path path, Consumer<Outcome> each) throws IOException {
    WholeLines whole = measure(path);
    Form form = form(whole);
    if (form == null) {
      throw notOne(path, "name a file that jsonLines(...) or csv(...) has written");
    }
    if (form == Form.SPREADSHEET) {
      throw new IOException(
          "The file "
              + path
              + " is for spreadsheets, and ids in it may differ from the source's: read one that"
              + " jsonLines(...) or csv(...) has written.");
    }
    try (InputStream file = new Beginning(Files.newInputStream(path), whole.bytes())) {
      OutcomeReader.read(file, form, each);
    } catch (IOException unreadable) {
      throw new IOException(
          "The file of outcomes " + path + " cannot be read: " + unreadable.getMessage() + ".",
          unreadable);
    }
  }

  /**
   * Reads the customers who are {@linkplain Outcome#isUnresolved to be sent again}, for {@link
   * io.github.klaviyoexport.source.ProfileSource#only}: those that are unconfirmed, and those that
   * were rejected for a reason that may pass, in any list. They are in the order of the file, and
   * take memory.
   *
   * {@snippet class="io.github.klaviyoexport.OutcomeExamplesTest" region="again"}
   *
   * @return their ids; none if all is well, and {@code only} does not take that. Of a file that was
   *     closed before its export had ended, or that a crash has cut short, those that are not in it
   *     are missing: {@link ExportReport.Profiles} counts them
   * @throws IOException if there is no such file, or it is none of outcomes or one for
   *     spreadsheets; the message says what to do
   */
  public static Set<String> unresolved(Path path) throws IOException {
    return customers(path, Outcome::isUnresolved);
  }

  /**
   * Reads the customers whose last outcome in a list is one of those asked for: everybody who was
   * rejected, to be sent again when the source is mended, is {@code outcome -> outcome.kind() ==
   * Kind.REJECTED}.
   *
   * <p>A duplicate does not stand for its customer if another profile of the same id has an
   * outcome.
   *
   * @return their ids, in the order of the file
   * @throws IOException if there is no such file, or it is none of outcomes or one for
   *     spreadsheets; the message says what to do
   */
  public static Set<String> customers(Path path, Predicate<? super Outcome> asked)
      throws IOException {
    Set<InList> found = new LinkedHashSet<>();
    read(
        path,
        outcome -> {
          boolean member = outcome.kind() == Kind.LEFT || outcome.kind() == Kind.KEPT;
          if (!member && asked.test(outcome)) {
            found.add(new InList(outcome.id(), outcome.list()));
          } else if (!member && outcome.kind() != Kind.DUPLICATE) {
            found.remove(new InList(outcome.id(), outcome.list()));
          }
        });
    Set<String> customers = new LinkedHashSet<>();
    found.forEach(one -> customers.add(one.customer()));
    return customers;
  }

  /** Returns the form of a file; {@code null} if it is none of outcomes. */
  private static @Nullable Form form(WholeLines file) {
    for (Form form : List.of(Form.CSV, Form.SPREADSHEET)) {
      if (file.beginWith(form.header())) {
        return form;
      }
    }
    return file.begin(FIRST_LINE) ? Form.JSON_LINES : null;
  }

  private static WholeLines measure(Path path) throws IOException {
    try (InputStream file = PrivateFiles.readOrdinary(path)) {
      return WholeLines.of(file);
    } catch (IOException unreadable) {
      throw new IOException(
          "The file of outcomes cannot be read: "
              + PrivateFiles.reason(unreadable)
              + ". Name a file that an OutcomeFile has written.",
          unreadable);
    }
  }

  private static IOException notOne(Path path, String advice) {
    return new IOException("The file " + path + " holds no outcomes: " + advice + ".");
  }

  /** A customer, as far as a list is concerned. */
  private record InList(String customer, ListId list) {}

  /** The beginning of a file, so long and no longer. */
  private static final class Beginning extends InputStream {
    private final InputStream file;
    private long left;

    Beginning(InputStream file, long bytes) {
      this.file = file;
      this.left = bytes;
    }

    @Override
    public int read() throws IOException {
      int read = left > 0 ? file.read() : -1;
      left -= read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] to, int from, int most) throws IOException {
      int read = left > 0 ? file.read(to, from, (int) Math.min(most, left)) : -1;
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** Returns where it writes. */
  @Override
  public String toString() {
    return "OutcomeFile[" + path + "]";
  }
}
