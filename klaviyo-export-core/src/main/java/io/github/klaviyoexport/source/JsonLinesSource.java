package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.source.FilesInTurn;
import io.github.klaviyoexport.internal.source.JsonLinesFormat;
import io.github.klaviyoexport.internal.source.JsonLinesReader;
import io.github.klaviyoexport.internal.source.SegmentFiles;
import io.github.klaviyoexport.internal.source.SortedProfiles;
import io.github.klaviyoexport.profile.Conversion;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A source of segments that are files of JSON Lines, also called NDJSON: each line is the JSON
 * object of one customer.
 *
 * {@snippet class="io.github.klaviyoexport.source.SourceExamplesTest" region="jsonLines"}
 *
 * <p>The names in an object are the customer's fields; lines may have different ones. Text, {@code
 * true} and {@code false} are what they are, and {@code null} is no value. Numbers are exact,
 * however many digits they have. An object inside is a {@code Map} and an array a {@code List}, to
 * a depth of 32.
 *
 * <p>The text is UTF-8 by default, or UTF-16 if a byte order mark says so; bytes that begin as gzip
 * does are unpacked, in one member or several, whatever the file is called. Lines end with LF or
 * CRLF, and blank ones are passed over; a byte order mark at the start of a line is no part of it.
 * A file without a line is an empty segment. It is read as a stream, so that its size does not
 * matter; a line may have 4,000,000 characters.
 *
 * <p>Nothing is guessed: a line that is no JSON, no object, or more than one, that has a name
 * twice, is too long or has bytes that are not text stops the export with an {@link IOException}
 * that names the file and the line and never a value. With {@link #badRecords
 * badRecords(SET_ASIDE)} it is set aside, called by its line as a customer without an id is, or
 * only the value with such bytes. These still stop the export: a last line that ends in the middle
 * of its object, and a file in gzip that is cut off, damaged or followed by something else, since
 * what else is missing is not known.
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
 * <p>A segment may be several files, named one by one or the files of a folder, as Spark and others
 * write them: those of which the name ends with {@code .jsonl}, {@code .ndjson} or {@code .json},
 * perhaps with {@code .gz} behind it, in upper or lower case, in the order of their names. What
 * begins with a full stop or a low line is passed over, {@code _SUCCESS} for example.
 *
 * <p>Instances are immutable and safe for use by many threads; every method returns a new one.
 */
public final class JsonLinesSource implements ListingSource {
  private static final List<String> ENDINGS =
      List.of(".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz");
  private static final List<String> PART_ENDINGS =
      List.of(".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".json", ".json.gz");

  private final SegmentFiles files;
  private final JsonLinesFormat format;
  private final boolean sortedByEmail;

  private JsonLinesSource(SegmentFiles files, JsonLinesFormat format, boolean sortedByEmail) {
    this.files = files;
    this.format = format;
    this.sortedByEmail = sortedByEmail;
  }

  /**
   * Creates a source of one file, whatever the segment's name, or of several that are one segment
   * together, in that order; a folder stands for the files in it.
   */
  public static JsonLinesSource of(Path file, Path... more) {
    List<Path> paths = new ArrayList<>();
    paths.add(Objects.requireNonNull(file, "file"));
    paths.addAll(List.of(more));
    return new JsonLinesSource(
        SegmentFiles.of(paths, PART_ENDINGS), JsonLinesFormat.usual(), false);
  }

  /**
   * Creates a source of a directory with a file for each segment: {@code vip-eu.jsonl} holds the
   * segment {@code vip-eu}, or {@code vip-eu.ndjson} does, or one of them with {@code .gz} behind
   * it, or a folder with part files in it. If several of them are there, the segment is not read.
   */
  public static JsonLinesSource directory(Path directory) {
    Objects.requireNonNull(directory, "directory");
    return new JsonLinesSource(
        SegmentFiles.directory(directory, ENDINGS, PART_ENDINGS), JsonLinesFormat.usual(), false);
  }

  /**
   * Sets the field that holds the customer's id, a text or a number, of which {@code 17.0} is
   * {@code 17}. By default there is none, and a customer is called by the line, {@code line 17}, or
   * {@code line 17 of vip-eu.jsonl} and {@code line 17 of vip-eu/part-0.jsonl} where a directory, a
   * folder or several files are read, with as much of the path as tells them apart; so is a
   * customer without an id. If the first customer of a file does not have the field, the file is
   * not read.
   */
  public JsonLinesSource idField(String field) {
    Objects.requireNonNull(field, "field");
    return with(format.withIdField(field));
  }

  /** Sets the charset of the files: UTF-8 by default. */
  public JsonLinesSource charset(Charset charset) {
    Objects.requireNonNull(charset, "charset");
    return with(format.withCharset(charset));
  }

  /**
   * Sets how the values of a field are converted, after what was set for it before: by default they
   * are what JSON says. A value that cannot be converted is left out of its profile, and the report
   * says so, whatever is done about bad records.
   */
  public JsonLinesSource column(String field, Conversion conversion) {
    return with(format.withConversions(format.conversions().with(field, conversion)));
  }

  /**
   * Sets how the values of every field are converted, before what is set for single ones: which
   * words stand for no value, for example.
   */
  public JsonLinesSource everyColumn(Conversion conversion) {
    return with(format.withConversions(format.conversions().withEvery(conversion)));
  }

  /** Sets what is done about a bad line: {@link BadRecords#STOP} by default. */
  public JsonLinesSource badRecords(BadRecords what) {
    Objects.requireNonNull(what, "what");
    return with(format.withSetsAside(what == BadRecords.SET_ASIDE));
  }

  /**
   * Says that the lines of each segment are sorted by email address, so that an export of the email
   * address alone takes the same memory however large a segment is: see {@link
   * ProfileReader#isSortedByEmail()} for the order, which the export checks as it reads.
   *
   * <p>Of several files, each must begin where the one before ends. A resumed export reads from the
   * start, and holds 10 to 14 bytes for each profile that was settled before.
   */
  public JsonLinesSource sortedByEmail() {
    return new JsonLinesSource(files, format, true);
  }

  private JsonLinesSource with(JsonLinesFormat format) {
    return new JsonLinesSource(files, format, sortedByEmail);
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
            file -> JsonLinesReader.open(file, files.open(file, segment), format)),
        sortedByEmail);
  }

  /** Returns the paths; never a value. */
  @Override
  public String toString() {
    return "JsonLinesSource" + files;
  }
}
