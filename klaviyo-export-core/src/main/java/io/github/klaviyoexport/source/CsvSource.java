package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.source.CsvFormat;
import io.github.klaviyoexport.internal.source.CsvProfileReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A source of segments that are CSV files, one customer a record.
 *
 * {@snippet class="io.github.klaviyoexport.source.SourceExamplesTest" region="csv"}
 *
 * <p>The first record names the fields. Records are as in RFC 4180, with line breaks inside quotes
 * too. What tools add to that is read as it is meant:
 *
 * <table>
 * <caption>What is read, and how</caption>
 * <tr><th>in the file</th><th>is</th></tr>
 * <tr><td>CRLF, LF or CR</td><td>the end of a line</td></tr>
 * <tr><td>an empty field, quoted or not</td><td>no value</td></tr>
 * <tr><td>a line of nothing but delimiters, white space and other invisible characters</td>
 *     <td>passed over, wherever it stands</td></tr>
 * <tr><td>U+001A at the end, as DOS programs write it</td><td>the end of the text</td></tr>
 * <tr><td>{@code sep=;} as the first line, perhaps in quotes, as Excel reads it</td>
 *     <td>the delimiter, before {@link #delimiter}</td></tr>
 * <tr><td>a byte order mark</td><td>no part of the text; that of UTF-16 makes it UTF-16, unless
 *     another charset than UTF-8 was named</td></tr>
 * <tr><td>a name with white space or other invisible characters around it</td>
 *     <td>the name without them, if no other column is called so</td></tr>
 * <tr><td>names that differ in case</td><td>different names</td></tr>
 * <tr><td>a column without a name, such as the index that pandas writes</td>
 *     <td>no field; the others are read</td></tr>
 * <tr><td>a name that several columns have</td><td>no field; a mapping that asks for it is told
 *     which columns they are</td></tr>
 * <tr><td>bytes that begin as gzip does, whatever the file is called</td><td>unpacked</td></tr>
 * <tr><td>a zip archive, an Excel workbook, xz, zstd or 7z</td>
 *     <td>refused, with what to do</td></tr>
 * </table>
 *
 * <p>A file with nothing but the header is an empty segment. The text is UTF-8 by default.
 *
 * <p>A file is read as a stream, so that its size does not matter; a record may have 4,000,000
 * characters. Nothing is guessed: bytes that are not text in the charset, a record with more or
 * fewer fields than the header, a quote that is not closed or a field that goes on after its
 * closing quote stop the export with an {@link IOException} that names the file and the line and
 * never a value.
 *
 * <p>Reading is done by FastCSV, an optional dependency: add {@code de.siegmar:fastcsv} to your
 * build. Instances are immutable and safe for use by many threads; every method returns a new one.
 */
public final class CsvSource implements ProfileSource {
  private final Path path;
  private final boolean directory;
  private final CsvFormat format;

  private CsvSource(Path path, boolean directory, CsvFormat format) {
    this.path = path;
    this.directory = directory;
    this.format = format;
  }

  /**
   * Creates a source of one file, whatever the segment's name.
   *
   * @throws IllegalStateException if FastCSV is missing
   */
  public static CsvSource of(Path file) {
    return source(file, false);
  }

  /**
   * Creates a source of a directory with a file for each segment: {@code vip-eu.csv} holds the
   * segment {@code vip-eu}, or {@code vip-eu.csv.gz} does. If both are there, the segment is not
   * read.
   *
   * @throws IllegalStateException if FastCSV is missing
   */
  public static CsvSource directory(Path directory) {
    return source(directory, true);
  }

  private static CsvSource source(Path path, boolean directory) {
    Objects.requireNonNull(path, "path");
    try {
      CsvProfileReader.requireFastCsv();
    } catch (NoClassDefFoundError missing) {
      throw new IllegalStateException(
          "CSV files are read by FastCSV, which is not on the class path: add de.siegmar:fastcsv"
              + " (4.4.0 or a later 4.x) to your build.",
          missing);
    }
    return new CsvSource(path, directory, new CsvFormat(',', StandardCharsets.UTF_8, null));
  }

  /**
   * Sets the field that holds the customer's id. By default there is none, and a customer is called
   * by the line in which its record begins, {@code line 17}; so is a customer with an empty id.
   */
  public CsvSource idField(String field) {
    Objects.requireNonNull(field, "field");
    return with(new CsvFormat(format.delimiter(), format.charset(), field));
  }

  /**
   * Sets what stands between fields: a comma by default. A file whose first line is {@code sep=;}
   * knows better.
   *
   * @throws IllegalArgumentException if it is a quote or a line break
   */
  public CsvSource delimiter(char delimiter) {
    if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
      throw new IllegalArgumentException(
          "The delimiter must be neither a quote nor a line break: pass ',' or ';' or '\\t'.");
    }
    return with(new CsvFormat(delimiter, format.charset(), format.idField()));
  }

  /** Sets the charset of the files: UTF-8 by default. */
  public CsvSource charset(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return with(new CsvFormat(format.delimiter(), charset, format.idField()));
  }

  private CsvSource with(CsvFormat format) {
    return new CsvSource(path, directory, format);
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    Path file = fileOf(segment);
    return CsvProfileReader.open(file.toString(), opened(file, segment), format);
  }

  private Path fileOf(Segment segment) throws IOException {
    if (!directory) {
      return path;
    }
    String name = segment.name();
    // The name comes from a caller and must not lead out of the directory.
    if (name.indexOf('/') < 0 && name.indexOf('\\') < 0 && name.indexOf(':') < 0) {
      try {
        return plainOrPacked(path.resolve(name + ".csv"), path.resolve(name + ".csv.gz"), segment);
      } catch (InvalidPathException unfit) {
        // Said below.
      }
    }
    throw new IOException(
        "The segment name '" + name + "' cannot be a file name: use letters, digits, - and _.");
  }

  private static Path plainOrPacked(Path plain, Path packed, Segment segment) throws IOException {
    if (!Files.exists(packed)) {
      return plain;
    }
    if (Files.exists(plain)) {
      throw new IOException(
          "There are two files for the segment '"
              + segment
              + "', "
              + plain
              + " and "
              + packed
              + ": remove the one that is out of date.");
    }
    return packed;
  }

  private InputStream opened(Path file, Segment segment) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "There is no file "
              + file
              + (directory ? " for the segment '" + segment + "'" : "")
              + ": check the path.",
          e);
    } catch (AccessDeniedException e) {
      throw new IOException("The file " + file + " may not be read: check its permissions.", e);
    }
  }

  /** Returns the path; never a value. */
  @Override
  public String toString() {
    return "CsvSource[" + path + "]";
  }
}
