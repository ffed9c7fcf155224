package io.github.klaviyoexport.internal.source;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.github.klaviyoexport.internal.text.EmailShape;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reader of the profiles of one CSV file.
 *
 * <p>A bad record is the end, or is set aside, as the format says. What is set aside is told in the
 * words that would have been the end. Some things are the end in any case, since it is not known
 * what they hide: a fault in the header, a quote that is not closed by the end of the file, and a
 * last record that was cut off, most likely.
 */
public final class CsvProfileReader implements ProfileReader {
  private static final int MAX_FIELDS = 10_000;

  private final SourceFile file;
  private final FileText characters;
  private final CsvText text;
  private final char delimiter;

  /** The text line by line, from which reading can go on after a bad record; else {@code null}. */
  private final @Nullable CsvLines lines;

  private final Row row;
  private Iterator<Row> rows;
  private @Nullable CsvHeader header;
  private @Nullable Conversion @Nullable [] conversions;
  private int idColumn = -1;
  private long headerLine;
  private boolean begun;

  private CsvProfileReader(
      SourceFile file, FileText characters, CsvText text, char delimiter, CsvFormat format) {
    this.file = file;
    this.characters = characters;
    this.text = text;
    this.delimiter = delimiter;
    this.lines = format.setsAside() ? new CsvLines(text) : null;
    this.row = new Row(text, lines);
    this.rows = records();
  }

  private Iterator<Row> records() {
    return CsvReader.builder()
        .fieldSeparator(delimiter)
        .allowUnclosedQuote(false)
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .build(row, lines == null ? text : lines)
        .iterator();
  }

  /**
   * Opens a file, and reads its header.
   *
   * @param in the file's content, closed by the reader, or here when this fails
   */
  public static CsvProfileReader open(SourceFile file, InputStream in, CsvFormat format)
      throws IOException {
    FileText characters =
        FileBytes.text(file.toString(), in, format.charset(), "CSV", format.setsAside());
    CsvText text = new CsvText(characters);
    try {
      Character named = begin(file, characters, text);
      CsvProfileReader reader =
          new CsvProfileReader(
              file, characters, text, named == null ? format.delimiter() : named, format);
      reader.row.linesBefore = named == null ? 0 : 1;
      reader.readHeader(format);
      return reader;
    } catch (IOException | RuntimeException e) {
      try {
        text.close();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private static @Nullable Character begin(SourceFile file, FileText characters, CsvText text)
      throws IOException {
    try {
      return text.begin();
    } catch (CharacterCodingException noText) {
      throw new IOException(
          file + ", line 1: field 1 " + FileText.notText(characters.charset()) + ".");
    } catch (IOException failure) {
      throw FileBytes.unreadable(file.toString(), 1, failure);
    }
  }

  /** Fails with a {@link LinkageError} if FastCSV is missing or does not fit. */
  public static void requireFastCsv() {
    CsvFormat format = CsvFormat.of(',', StandardCharsets.UTF_8);
    SourceFile none = new SourceFile(Path.of(""), "");
    try {
      FileText nothing =
          FileBytes.text("", InputStream.nullInputStream(), format.charset(), "CSV", false);
      var unused =
          new CsvProfileReader(none, nothing, new CsvText(nothing), format.delimiter(), format);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private void readHeader(CsvFormat format) throws IOException {
    if (!readRow(null)) {
      throw new IOException("The file " + file + " is empty: its first line must name the fields.");
    }
    if (row.count > MAX_FIELDS) {
      throw fault("the header has " + row.count + " columns; at most 10,000 are read");
    }
    if (row.hasGap >= 0) {
      throw fault("field " + (row.hasGap + 1) + " " + FileText.notText(characters.charset()));
    }
    CsvHeader read = new CsvHeader(Arrays.asList(row.values).subList(0, row.count), delimiter);
    if (read.fields().size() == 0) {
      throw fault(
          read.addresses().isEmpty()
              ? "every name stands more than once: name each column once"
              : "column "
                  + (read.addresses().get(0) + 1)
                  + " is "
                  + CsvHeader.HEADED_BY_AN_ADDRESS);
    }
    header = read;
    headerLine = row.line;
    row.values = new @Nullable String[read.size()];
    if (format.idField() != null) {
      idColumn = column(read, format.idField(), "take the customers' ids from");
    }
    for (String field : format.conversions().fields()) {
      column(read, field, "convert");
    }
    conversions = format.conversions().of(read.fields());
  }

  private int column(CsvHeader header, String field, String purpose) throws IOException {
    int column = header.columnOf(field);
    if (column < 0) {
      throw new IOException(
          "The file "
              + file
              + " has no field "
              + header.toChoose().missing(field)
              + " to "
              + purpose
              + ". "
              + header.toChoose().listed());
    }
    return column;
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    CsvHeader read = header();
    try {
      do {
        if (!readRow(lines)) {
          return null;
        }
      } while (read.isAgain(row.values, row.count));
    } catch (BadRecord bad) {
      return setAside(bad.what);
    }
    if (!begun) {
      begun = true;
      requireNames(read);
    }
    boolean isCutOff = ended() && !text.endsLine();
    if (row.count != read.size()) {
      boolean endsEarly = isCutOff && row.count < read.size();
      String what =
          "the record has "
              + (row.count == 1 ? "1 field" : row.count + " fields")
              + " and the header "
              + read.size()
              + (endsEarly
                  ? ", and the file ends with it: get it again, or complete the record"
                  : ": complete the record, and quote fields that contain the delimiter");
      if (lines == null || endsEarly) {
        throw fault(what);
      }
      return setAside(what);
    }
    if (isCutOff && endsInGap(row.values[row.count - 1])) {
      throw fault(
          read.shown(row.count - 1)
              + " ends with bytes that are not "
              + characters.charset()
              + " text, and the file ends with them: get it again, or name the right charset to"
              + " the source");
    }
    @Nullable Object[] cells = row.hasGap < 0 ? row.values : withoutGaps(row.values);
    @Nullable Object[] values = read.valuesOf(cells);
    @Nullable Conversion[] converting = conversions;
    if (converting != null) {
      values = Arrays.copyOf(values, values.length, Object[].class);
      FieldConversions.apply(converting, values);
    }
    return CustomerProfile.of(id(read, cells, values), read.fields(), values);
  }

  private boolean ended() {
    return lines == null ? text.ended() : lines.ended();
  }

  /** Returns whether a value ends with bytes that are not text: with a part of a character. */
  private static boolean endsInGap(@Nullable String value) {
    if (value == null) {
      return false;
    }
    int last = value.length() - 1;
    return value.charAt(last) == FileText.NOT_TEXT
        && (last == 0 || !Character.isHighSurrogate(value.charAt(last - 1)));
  }

  /** Returns the id as it is written; the line in its place if it stands for none. */
  private String id(CsvHeader read, @Nullable Object[] cells, @Nullable Object[] values) {
    if (idColumn >= 0
        && cells[idColumn] instanceof String id
        && !VisibleText.isBlank(id)
        && (conversions == null || isValue(values[read.fieldOf(idColumn)]))) {
      return id;
    }
    return file.customerIn(row.line);
  }

  private static boolean isValue(@Nullable Object value) {
    return value != null && !(value instanceof Unreadable);
  }

  private CustomerProfile setAside(String what) {
    return CustomerProfile.unreadable(file.customerIn(row.line), Unreadable.because(what));
  }

  private @Nullable Object[] withoutGaps(@Nullable String[] values) {
    @Nullable Object[] readable = Arrays.copyOf(values, values.length, Object[].class);
    for (int i = 0; i < values.length; i++) {
      String value = values[i];
      if (value != null && FileText.hasGap(value.toCharArray(), 0, value.length())) {
        readable[i] = Unreadable.because(FileText.notText(characters.charset()));
      }
    }
    return readable;
  }

  /**
   * Fails if the first line is a customer as well: the address that heads a column stands above
   * addresses.
   */
  private void requireNames(CsvHeader read) throws IOException {
    boolean alike =
        read.addresses().stream()
            .allMatch(
                column -> {
                  String value = column < row.count ? row.values[column] : null;
                  return value != null && EmailShape.fits(value);
                });
    if (!read.addresses().isEmpty() && alike) {
      throw new IOException(
          file
              + ", line "
              + headerLine
              + ": column "
              + (read.addresses().get(0) + 1)
              + " is "
              + CsvHeader.HEADED_BY_AN_ADDRESS
              + ".");
    }
  }

  private CsvHeader header() {
    return Objects.requireNonNull(header, "The header has not been read.");
  }

  @Override
  public Optional<FieldNames> fields() {
    return Optional.of(header().fields());
  }

  @Override
  public void close() throws IOException {
    text.close();
  }

  /** A record that is not the end. */
  private static final class BadRecord extends IOException {
    private static final long serialVersionUID = 1L;

    final String what;

    BadRecord(String what) {
      super(what);
      this.what = what;
    }
  }

  /**
   * Reads the next record.
   *
   * @param goesOn where reading goes on after a bad one; {@code null} if a bad one is the end
   */
  private boolean readRow(@Nullable CsvLines goesOn) throws IOException {
    try {
      do {
        if (!rows.hasNext()) {
          return false;
        }
        rows.next();
      } while (row.blank && row.count <= MAX_FIELDS);
      return true;
    } catch (UncheckedIOException e) {
      IOException cause = Objects.requireNonNull(e.getCause());
      if (cause instanceof CharacterCodingException) {
        throw faultInField(FileText.notText(characters.charset()));
      }
      if (cause instanceof CsvText.RecordTooLong) {
        throw badField(
            goesOn,
            "is part of a record of more than 4,000,000 characters: close the quote that it begins"
                + " with, most likely");
      }
      throw FileBytes.unreadable(file.toString(), row.line, cause);
    } catch (CsvParseException e) {
      // FastCSV wraps whatever is thrown, an OutOfMemoryError too.
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      // Not passed on as the cause: its message quotes a character of the value.
      if (ended()) {
        throw faultInField(
            "begins with a quote that is not closed by the end of the file: close it");
      }
      throw badField(
          goesOn, "goes on after its closing quote: write a quote inside a quoted field as two");
    }
  }

  /** Returns the end, or goes on and returns the bad record. */
  private BadRecord badField(@Nullable CsvLines goesOn, String what) throws IOException {
    if (goesOn == null) {
      throw faultInField(what);
    }
    BadRecord bad = new BadRecord(shownField() + " " + what);
    try {
      goesOn.toSecondLineOfRecord();
    } catch (IOException failure) {
      throw FileBytes.unreadable(file.toString(), row.line, failure);
    }
    row.linesBefore = row.line;
    rows = records();
    return bad;
  }

  private String shownField() {
    return header == null ? "field " + (row.count + 1) : header.shown(row.count);
  }

  private IOException faultInField(String what) {
    return new IOException(
        file + ", line " + row.currentLine() + ": " + shownField() + " " + what + ".");
  }

  private IOException fault(String what) {
    return new IOException(file + ", line " + row.line + ": " + what + ".");
  }

  /** The record being read. FastCSV fills it; it is the same object for every record. */
  private static final class Row extends AbstractBaseCsvCallbackHandler<Row> {
    private final CsvText text;
    private final @Nullable CsvLines lines;

    /** How many lines were passed over before the reader counts its first. */
    long linesBefore;

    @Nullable String[] values = new @Nullable String[MAX_FIELDS];
    int count;
    long line;
    boolean blank;

    /** The first field with bytes that are not text, counted from 0; -1 if there is none. */
    int hasGap;

    Row(CsvText text, @Nullable CsvLines lines) {
      this.text = text;
      this.lines = lines;
    }

    @Override
    protected void handleBegin(long line) {
      this.line = line + linesBefore;
      count = 0;
      blank = true;
      hasGap = -1;
      if (lines == null) {
        text.recordBegins();
      } else {
        lines.recordBegins();
      }
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      if (index < values.length) {
        values[index] = length == 0 ? null : new String(buffer, offset, length);
      }
      if (hasGap < 0 && text.hasGaps() && FileText.hasGap(buffer, offset, length)) {
        hasGap = index;
      }
      blank = blank && VisibleText.isBlank(buffer, offset, length);
      count++;
    }

    @Override
    protected Row buildRecord() {
      return this;
    }

    /** Returns the line in which the field after those read begins. */
    long currentLine() {
      return line
          + Arrays.stream(values, 0, Math.min(count, values.length))
              .filter(value -> value != null)
              .mapToLong(value -> value.lines().count() - 1 + (endsWithBreak(value) ? 1 : 0))
              .sum();
    }

    private static boolean endsWithBreak(String value) {
      return value.endsWith("\n") || value.endsWith("\r");
    }
  }
}
