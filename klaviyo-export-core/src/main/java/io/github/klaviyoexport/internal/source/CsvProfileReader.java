package io.github.klaviyoexport.internal.source;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The reader of the profiles of one CSV file. */
public final class CsvProfileReader implements ProfileReader {
  private static final int MAX_FIELDS = 10_000;

  private final String file;
  private final CsvText text;
  private final char delimiter;

  /** How many lines were passed over before the reader counts its first. */
  private final int linesBefore;

  private final Row row;
  private final CsvReader<Row> csv;
  private final Iterator<Row> rows;
  private @Nullable CsvHeader header;
  private int idColumn = -1;
  private long headerLine;
  private boolean begun;

  private CsvProfileReader(String file, CsvText text, @Nullable Character named, char delimiter) {
    this.file = file;
    this.text = text;
    this.delimiter = named == null ? delimiter : named;
    this.linesBefore = named == null ? 0 : 1;
    this.row = new Row(text, linesBefore);
    this.csv =
        CsvReader.builder()
            .fieldSeparator(this.delimiter)
            .allowUnclosedQuote(false)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .build(row, text);
    this.rows = csv.iterator();
  }

  /**
   * Opens a file, and reads its header.
   *
   * @param in the file's content, closed by the reader, or here when this fails
   */
  public static CsvProfileReader open(String file, InputStream in, CsvFormat format)
      throws IOException {
    CsvText text = CsvBytes.text(file, in, format.charset());
    try {
      CsvProfileReader reader =
          new CsvProfileReader(file, text, begin(file, text), format.delimiter());
      reader.readHeader(format.idField());
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

  private static @Nullable Character begin(String file, CsvText text) throws IOException {
    try {
      return text.begin();
    } catch (CharacterCodingException noText) {
      throw new IOException(file + ", line 1: field 1 " + notText(text.charset()) + ".");
    } catch (IOException failure) {
      throw CsvBytes.unreadable(file, 1, failure);
    }
  }

  /** Fails with {@link NoClassDefFoundError} if FastCSV is missing. */
  public static void requireFastCsv() {
    CsvReader.builder();
  }

  private void readHeader(@Nullable String idField) throws IOException {
    if (!readRow()) {
      throw new IOException("The file " + file + " is empty: its first line must name the fields.");
    }
    if (row.count > MAX_FIELDS) {
      throw fault("the header has " + row.count + " columns; at most 10,000 are read");
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
    if (idField != null) {
      idColumn = read.columnOf(idField);
      if (idColumn < 0) {
        throw new IOException(
            "The file "
                + file
                + " has no field "
                + read.toChoose().missing(idField)
                + " to take the customers' ids from. "
                + read.toChoose().listed());
      }
    }
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    CsvHeader read = header();
    if (!readRow()) {
      return null;
    }
    if (!begun) {
      begun = true;
      requireNames(read);
    }
    if (row.count != read.size()) {
      throw fault(
          "the record has "
              + (row.count == 1 ? "1 field" : row.count + " fields")
              + " and the header "
              + read.size()
              + ": complete the record, and quote fields that contain the delimiter");
    }
    String id = idColumn < 0 ? null : row.values[idColumn];
    return CustomerProfile.of(
        id == null || VisibleText.isBlank(id) ? "line " + row.line : id,
        read.fields(),
        read.valuesOf(row.values));
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
                  return value != null && value.indexOf('@') >= 0;
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
    csv.close();
  }

  private boolean readRow() throws IOException {
    try {
      do {
        if (!rows.hasNext()) {
          return false;
        }
        rows.next();
      } while (row.blank && row.count <= MAX_FIELDS);
      return true;
    } catch (UncheckedIOException e) {
      throw unreadable(Objects.requireNonNull(e.getCause()));
    } catch (CsvParseException e) {
      // FastCSV wraps whatever is thrown, an OutOfMemoryError too.
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      // Not passed on as the cause: its message quotes a character of the value.
      throw text.ended()
          ? faultInField("begins with a quote that is not closed by the end of the file: close it")
          : faultInField(
              "goes on after its closing quote: write a quote inside a quoted field as two");
    }
  }

  private IOException unreadable(IOException cause) {
    if (cause instanceof CharacterCodingException) {
      return faultInField(notText(text.charset()));
    }
    if (cause instanceof CsvText.RecordTooLong) {
      return faultInField(
          "is part of a record of more than 4,000,000 characters: close the quote that it begins"
              + " with, most likely");
    }
    return CsvBytes.unreadable(file, row.line, cause);
  }

  private static String notText(Charset charset) {
    return "holds bytes that are not "
        + charset
        + " text: save the file in that charset, or name the right one to the source"
        + (charset.equals(StandardCharsets.UTF_8)
            ? ", for Western Europe most likely charset(Charset.forName(\"windows-1252\"))"
            : "");
  }

  private IOException faultInField(String what) {
    String field = header == null ? "field " + (row.count + 1) : header.shown(row.count);
    return new IOException(file + ", line " + row.currentLine() + ": " + field + " " + what + ".");
  }

  private IOException fault(String what) {
    return new IOException(file + ", line " + row.line + ": " + what + ".");
  }

  /** The record being read. FastCSV fills it; it is the same object for every record. */
  private static final class Row extends AbstractBaseCsvCallbackHandler<Row> {
    private final CsvText text;
    private final int linesBefore;
    @Nullable String[] values = new @Nullable String[MAX_FIELDS];
    int count;
    long line;
    boolean blank;

    Row(CsvText text, int linesBefore) {
      this.text = text;
      this.linesBefore = linesBefore;
    }

    @Override
    protected void handleBegin(long line) {
      this.line = line + linesBefore;
      count = 0;
      blank = true;
      text.recordBegins();
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      if (index < values.length) {
        values[index] = length == 0 ? null : new String(buffer, offset, length);
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
