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
 * too; line ends may be CRLF, LF or CR, empty lines are skipped, and an empty field is no value.
 * The text is UTF-8 by default, with or without a byte order mark. A file with nothing but the
 * header is an empty segment.
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
   * segment {@code vip-eu}.
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
   * Sets what stands between fields: a comma by default.
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
    try {
      Path file = path.resolve(name + ".csv");
      // The name comes from a caller and must not lead out of the directory.
      if (name.indexOf('/') < 0 && name.indexOf('\\') < 0 && name.indexOf(':') < 0) {
        return file;
      }
    } catch (InvalidPathException unfit) {
      // Said below.
    }
    throw new IOException(
        "The segment name '" + name + "' cannot be a file name: use letters, digits, - and _.");
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
