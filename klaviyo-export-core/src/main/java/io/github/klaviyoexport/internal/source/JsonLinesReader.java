package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.internal.row.ScalarText;
import io.github.klaviyoexport.internal.text.NamesToChoose;
import io.github.klaviyoexport.internal.text.VisibleText;
import io.github.klaviyoexport.profile.Conversion;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.ProfileReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reader of the profiles of one file of JSON Lines.
 *
 * <p>A bad line is the end, or is set aside, as the format says. A last line that stops in the
 * middle of its object is the end in any case: the file was cut off, and what is missing is not
 * known.
 */
public final class JsonLinesReader implements ProfileReader {
  /** How many kinds of objects are told apart before that begins anew. */
  private static final int MAX_SHAPES = 1_000;

  private static final ScalarText TEXTS = new ScalarText(ZoneOffset.UTC);

  private final SourceFile file;
  private final TextLine line;
  private final JsonLinesFormat format;
  private final JsonLine json = new JsonLine();
  private final Map<List<String>, Shape> shapes = new HashMap<>();
  private @Nullable Shape last;

  /** What lines with the same names share. */
  private static final class Shape {
    final FieldNames fields;

    /** Where the id is; -1 if it is nowhere. */
    final int id;

    final @Nullable Conversion @Nullable [] conversions;

    Shape(FieldNames fields, int id, @Nullable Conversion @Nullable [] conversions) {
      this.fields = fields;
      this.id = id;
      this.conversions = conversions;
    }
  }

  private JsonLinesReader(SourceFile file, TextLine line, JsonLinesFormat format) {
    this.file = file;
    this.line = line;
    this.format = format;
  }

  /**
   * Opens a file.
   *
   * @param in the file's content, closed by the reader, or here when this fails
   */
  public static JsonLinesReader open(SourceFile file, InputStream in, JsonLinesFormat format)
      throws IOException {
    FileText text =
        FileBytes.text(file.toString(), in, format.charset(), "JSON Lines", format.setsAside());
    return new JsonLinesReader(file, new TextLine(text), format);
  }

  @Override
  public @Nullable CustomerProfile next() throws IOException {
    while (advance()) {
      if (!VisibleText.isBlank(line.chars(), line.start(), line.length())) {
        try {
          json.read(line);
          return profile();
        } catch (JsonLine.BadLine bad) {
          if (bad.isCutOff) {
            throw fault(bad.getMessage() + ", and the file with it: get it again");
          }
          if (!format.setsAside()) {
            throw fault(bad.getMessage());
          }
          return CustomerProfile.unreadable(
              file.customerIn(line.number()), Unreadable.because(String.valueOf(bad.getMessage())));
        }
      }
    }
    return null;
  }

  private boolean advance() throws IOException {
    try {
      return line.advance();
    } catch (CharacterCodingException noText) {
      throw fault("the line " + FileText.notText(line.charset()));
    } catch (IOException failure) {
      throw FileBytes.unreadable(file.toString(), line.number(), failure);
    }
  }

  private CustomerProfile profile() throws IOException {
    Shape shape = shape();
    @Nullable Object[] values = json.values().toArray();
    Object id = shape.id < 0 ? null : values[shape.id];
    if (shape.conversions != null) {
      FieldConversions.apply(shape.conversions, values);
    }
    String text =
        (id instanceof String || id instanceof Number) && isValue(values[shape.id])
            ? TEXTS.of(id)
            : null;
    return CustomerProfile.of(
        text == null || VisibleText.isBlank(text) ? file.customerIn(line.number()) : text,
        shape.fields,
        values);
  }

  private static boolean isValue(@Nullable Object value) {
    return value != null && !(value instanceof Unreadable);
  }

  private Shape shape() throws IOException {
    List<String> names = json.names();
    if (last != null && last.fields.names().equals(names)) {
      return last;
    }
    Shape shape = shapes.get(names);
    if (shape == null) {
      shape = newShape(names);
      if (shapes.size() == MAX_SHAPES) {
        shapes.clear();
      }
      shapes.put(shape.fields.names(), shape);
    }
    last = shape;
    return shape;
  }

  private Shape newShape(List<String> names) throws IOException {
    if (new HashSet<>(names).size() < names.size()) {
      throw new JsonLine.BadLine("two fields of the line have the same name", false);
    }
    FieldNames fields = FieldNames.of(names);
    int id = format.idField() == null ? -1 : fields.indexOf(format.idField());
    if (format.idField() != null && id < 0 && last == null) {
      NamesToChoose toChoose = new NamesToChoose(fields.names(), Map.of(), "");
      throw fault(
          "the first customer has no field "
              + toChoose.missing(format.idField())
              + " to take the id from. "
              + toChoose.listed().replaceFirst("\\.$", ""));
    }
    return new Shape(fields, id, format.conversions().of(fields));
  }

  @Override
  public void close() throws IOException {
    line.close();
  }

  private IOException fault(@Nullable String what) {
    return new IOException(file + ", line " + line.number() + ": " + what + ".");
  }
}
