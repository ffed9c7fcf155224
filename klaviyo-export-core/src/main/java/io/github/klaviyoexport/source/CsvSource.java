package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.library.Library;
import io.github.klaviyoexport.internal.source.CsvFormat;
import io.github.klaviyoexport.internal.source.CsvProfileReader;
import io.github.klaviyoexport.internal.source.FilesInTurn;
import io.github.klaviyoexport.internal.source.SegmentFiles;
import io.github.klaviyoexport.internal.source.SortedProfiles;
import io.github.klaviyoexport.profile.Conversion;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
 * <tr><td>a record that is the header again, as where files were joined, perhaps with a byte order
 *     mark before it</td><td>passed over</td></tr>
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
 * <tr><td>bytes that begin as gzip does, whatever the file is called</td>
 *     <td>unpacked, in one member or several; an end between two of them is an end</td></tr>
 * <tr><td>a zip archive, an Excel workbook, xz, zstd or 7z</td>
 *     <td>refused, with what to do</td></tr>
 * </table>
 *
 * <p>Values are text, unless {@link #column} or {@link #everyColumn} make something else of them.
 *
 * <p>A file with nothing but the header is an empty segment. The text is UTF-8 by default.
 *
 * <p>A segment may be several files, named one by one or the files of a folder, as Spark and others
 * write them: those of which the name ends with {@code .csv} or {@code .csv.gz}, in upper or lower
 * case, in the order of their names. What begins with a full stop or a low line is passed over,
 * {@code _SUCCESS} for example, and so are files without a byte, packed or not, unless all are.
 *
 * <p>A file is read as a stream, so that its size does not matter; a record may have 4,000,000
 * characters. Nothing is guessed: bytes that are not text in the charset, a record with more or
 * fewer fields than the header, a quote that is not closed or a field that goes on after its
 * closing quote stop the export with an {@link IOException} that names the file and the line and
 * never a value.
 *
 * <p>A file must stay as it is while it is read: one that is written anew in its place, or that
 * grows, stops the export when its end is reached. One that another is renamed to is read to its
 * end where the file system tells the two apart, and stops the export elsewhere (Windows); so write
 * a file elsewhere, and rename it when it is whole. Of several files, none may change or be
 * replaced from the start on until it has been read.
 *
 * <p>A pipe or a device, such as {@code /dev/stdin}, can be read once by a source: a second
 * reading, as that of a mirror, is refused, and so is one of several files.
 *
 * <p>With {@link #badRecords badRecords(SET_ASIDE)} one bad record does not cost the segment. The
 * record is set aside, called by its line as a customer without an id is, or only a value with
 * bytes that are not text. Where a quote is not closed, reading goes on in the line after the one
 * in which the record begins, so that no customer is swallowed; a record of several lines can count
 * as several bad ones then. These still stop the export: a fault in the header, a quote that is not
 * closed by the end of the file, a last record that has too few fields, or ends in the middle of a
 * character, and no line break behind it, since the file was cut off in it most likely, and a file
 * in gzip that is cut off, damaged or followed by something else.
 *
 * <p>Reading is done by FastCSV, an optional dependency: add {@code de.siegmar:fastcsv} to your
 * build. Instances are immutable and safe for use by many threads; every method returns a new one.
 */
public final class CsvSource implements ListingSource {
  private static final List<String> ENDINGS = List.of(".csv", ".csv.gz");

  private final SegmentFiles files;
  private final CsvFormat format;
  private final boolean sortedByEmail;

  private CsvSource(SegmentFiles files, CsvFormat format, boolean sortedByEmail) {
    this.files = files;
    this.format = format;
    this.sortedByEmail = sortedByEmail;
  }

  /**
   * Creates a source of one file, whatever the segment's name, or of several that are one segment
   * together, in that order; a folder stands for the files in it. Their headers must be the same.
   *
   * @throws IllegalStateException if FastCSV is missing or does not fit; the message says which
   *     version works
   */
  public static CsvSource of(Path file, Path... more) {
    List<Path> paths = new ArrayList<>();
    paths.add(Objects.requireNonNull(file, "file"));
    paths.addAll(List.of(more));
    return source(SegmentFiles.of(paths, ENDINGS));
  }

  /**
   * Creates a source of a directory with a file for each segment: {@code vip-eu.csv} holds the
   * segment {@code vip-eu}, or {@code vip-eu.csv.gz} does, or a folder {@code vip-eu}, or {@code
   * vip-eu.csv}, with part files in it. If several of them are there, the segment is not read.
   *
   * @throws IllegalStateException if FastCSV is missing or does not fit; the message says which
   *     version works
   */
  public static CsvSource directory(Path directory) {
    Objects.requireNonNull(directory, "directory");
    return source(SegmentFiles.directory(directory, ENDINGS, ENDINGS));
  }

  private static CsvSource source(SegmentFiles files) {
    Library.FASTCSV.require(CsvSource::readNothing);
    return new CsvSource(files, CsvFormat.of(',', StandardCharsets.UTF_8), false);
  }

  private static void readNothing() {
    CsvProfileReader.requireFastCsv();
  }

  /**
   * Sets the field that holds the customer's id. By default there is none, and a customer is called
   * by the line in which its record begins, {@code line 17}, or {@code line 17 of vip-eu.csv} and
   * {@code line 17 of vip-eu/part-0.csv} where a directory, a folder or several files are read,
   * with as much of the path as tells them apart; so is a customer with an empty id.
   */
  public CsvSource idField(String field) {
    Objects.requireNonNull(field, "field");
    return with(format.withIdField(field));
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
    return with(format.withDelimiter(delimiter));
  }

  /** Sets the charset of the files: UTF-8 by default. */
  public CsvSource charset(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return with(format.withCharset(charset));
  }

  /**
   * Sets how the values of a field are converted, after what was set for it before: by default all
   * are text. A value that cannot be converted is left out of its profile, and the report says so,
   * whatever is done about bad records. A file without the field is not read.
   *
   * {@snippet class="io.github.klaviyoexport.source.SourceExamplesTest" region="columns"}
   */
  public CsvSource column(String field, Conversion conversion) {
    return with(format.withConversions(format.conversions().with(field, conversion)));
  }

  /**
   * Sets how the values of every field are converted, before what is set for single ones: which
   * words stand for no value, for example.
   */
  public CsvSource everyColumn(Conversion conversion) {
    return with(format.withConversions(format.conversions().withEvery(conversion)));
  }

  /** Sets what is done about a bad record: {@link BadRecords#STOP} by default. */
  public CsvSource badRecords(BadRecords what) {
    Objects.requireNonNull(what, "what");
    return with(format.withSetsAside(what == BadRecords.SET_ASIDE));
  }

  /**
   * Says that the records of each segment are sorted by email address, so that an export of the
   * email address alone takes the same memory however large a segment is: see {@link
   * ProfileReader#isSortedByEmail()} for the order, which the export checks as it reads.
   *
   * {@snippet class="io.github.klaviyoexport.source.SourceExamplesTest" region="sorted"}
   *
   * <p>Of several files, each must begin where the one before ends. A resumed export reads from the
   * start, and holds 10 to 14 bytes for each profile that was settled before.
   */
  public CsvSource sortedByEmail() {
    return new CsvSource(files, format, true);
  }

  private CsvSource with(CsvFormat format) {
    return new CsvSource(files, format, sortedByEmail);
  }

  /** Returns the segments of a directory; none where files were named. */
  @Override
  public List<AvailableSegment> segments() throws IOException {
    return files.segments();
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    return SortedProfiles.of(
        FilesInTurn.open(
            files.of(segment),
            file -> CsvProfileReader.open(file, files.open(file, segment), format)),
        sortedByEmail);
  }

  /** Returns the paths; never a value. */
  @Override
  public String toString() {
    return "CsvSource" + files;
  }
}
