package io.github.klaviyoexport.internal.source;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The reader of the profiles of one CSV file. */
public final class CsvProfileReader implements ProfileReader {
  private static final int MAX_FIELDS = 10_000;

  private final String file;
  private final Charset charset;
  private final CsvText text;
  private final Row row;
  private final CsvReader<Row> csv;
  private final Iterator<Row> rows;
  private FieldNames fields = FieldNames.of();
  private int idPosition = -1;

  private CsvProfileReader(String file, InputStream in, CsvFormat format) {
    this.file = file;
    this.charset = format.charset();
    this.text = new CsvText(in, charset);
    this.row = new Row(text);
    this.csv =
        CsvReader.builder()
            .fieldSeparator(format.delimiter())
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
    CsvProfileReader reader = new CsvProfileReader(file, in, format);
    try {
      reader.readHeader(format.idField());
      return reader;
    } catch (IOException | RuntimeException e) {
      try {
        reader.close();
      } catch (IOException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
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
    fields = FieldNames.of(names());
    row.values = new @Nullable String[fields.size()];
    if (idField != null) {
      idPosition = fields.indexOf(idField);
      if (idPosition < 0) {
        throw new IOException(
            fields.names().stream()
                .map(name -> "'" + name + "'")
                .collect(
                    Collectors.joining(
                        ", ",
                        "The file "
                            + file
                            + " has no field '"
                            + idField
                            + "' to take the customers' ids from. It has: ",
                        ".")));
      }
    }
  }

  /** Returns the names in the header. They are not quoted until they are known to be names. */
  private List<String> names() throws IOException {
    if (row.count > MAX_FIELDS) {
      throw fault("the header has " + row.count + " columns; at most 10,000 are read");
    }
    Map<String, Integer> columns = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (int column = 1; column <= row.count; column++) {
      String name = row.values[column - 1];
      if (name == null || name.isBlank()) {
        throw fault("column " + column + " has no name: name every column");
      }
      if (name.indexOf('@') >= 0) {
        throw fault(
            "column "
                + column
                + " is headed by an email address: the first line must name the fields");
      }
      Integer other = columns.put(name, column);
      if (other != null) {
        throw fault(
            "column " + column + " has the same name as column " + other + ": name each once");
      }
      names.add(name);
    }
    return names;
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    if (!readRow()) {
      return null;
    }
    if (row.count != fields.size()) {
      throw fault(
          "the record has "
              + (row.count == 1 ? "1 field" : row.count + " fields")
              + " and the header "
              + fields.size()
              + ": complete the record, and quote fields that contain the delimiter");
    }
    String id = idPosition < 0 ? null : row.values[idPosition];
    return CustomerProfile.of(
        id == null || id.isBlank() ? "line " + row.line : id, fields, (Object[]) row.values);
  }

  @Override
  public Optional<FieldNames> fields() {
    return Optional.of(fields);
  }

  @Override
  public void close() throws IOException {
    csv.close();
  }

  private boolean readRow() throws IOException {
    try {
      if (!rows.hasNext()) {
        return false;
      }
      rows.next();
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
      return faultInField(
          "holds bytes that are not "
              + charset
              + " text: save the file in that charset, or name the right one to the source");
    }
    if (cause instanceof CsvText.RecordTooLong) {
      return faultInField(
          "is part of a record of more than 4,000,000 characters: close the quote that it begins"
              + " with, most likely");
    }
    return new IOException(
        "The file " + file + " could not be read on from line " + row.line + ".", cause);
  }

  private IOException faultInField(String what) {
    String name = row.count < fields.size() ? " ('" + fields.names().get(row.count) + "')" : "";
    return new IOException(
        file
            + ", line "
            + row.currentLine()
            + ": field "
            + (row.count + 1)
            + name
            + " "
            + what
            + ".");
  }

  private IOException fault(String what) {
    return new IOException(file + ", line " + row.line + ": " + what + ".");
  }

  /** The record being read. FastCSV fills it; it is the same object for every record. */
  private static final class Row extends AbstractBaseCsvCallbackHandler<Row> {
    private final CsvText text;
    @Nullable String[] values = new @Nullable String[MAX_FIELDS];
    int count;
    long line;

    Row(CsvText text) {
      this.text = text;
    }

    @Override
    protected void handleBegin(long line) {
      this.line = line;
      count = 0;
      text.recordBegins();
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
      if (index < values.length) {
        values[index] = length == 0 ? null : new String(buffer, offset, length);
      }
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
