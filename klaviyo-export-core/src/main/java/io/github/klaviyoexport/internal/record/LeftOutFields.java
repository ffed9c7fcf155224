package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.internal.keys.RowKeys;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields that were left out of the rows of a batch or a job, for those rows that lost any.
 *
 * <p>Packed, each takes {@value #BYTES_PER_FIELD} bytes, and each text that occurs in them is there
 * once.
 */
public final class LeftOutFields {
  private static final int BYTES_PER_FIELD = 6 * Integer.BYTES;
  private static final Reason[] REASONS = Reason.values();

  private final Map<Integer, List<Rejection>> byRow = new HashMap<>();

  /** Adds a field that was left out of a row. */
  public void add(int row, Rejection field) {
    byRow.computeIfAbsent(row, none -> new ArrayList<>(2)).add(field);
  }

  /** Returns the fields that were left out of a row. */
  public List<Rejection> of(int row) {
    List<Rejection> fields = byRow.isEmpty() ? null : byRow.get(row);
    return fields == null ? List.of() : List.copyOf(fields);
  }

  /**
   * Packs what was left out of some of the rows, each under its place among them; returns {@code
   * null} if nothing was.
   */
  byte @Nullable [] pack(int[] rows) {
    Map<String, Integer> texts = new LinkedHashMap<>();
    int fields = 0;
    int characters = 0;
    for (int row : byRow.isEmpty() ? new int[0] : rows) {
      for (Rejection field : byRow.getOrDefault(row, List.of())) {
        fields++;
        characters += number(field.field(), texts);
        characters += number(field.code(), texts);
        characters += number(field.type(), texts);
        characters += number(field.otherCustomerId(), texts);
      }
    }
    if (fields == 0) {
      return null;
    }
    ByteBuffer packed =
        ByteBuffer.allocate(
            (2 + texts.size()) * Integer.BYTES
                + fields * BYTES_PER_FIELD
                + characters * Character.BYTES);
    packed.putInt(texts.size());
    for (String text : texts.keySet()) {
      packed.putInt(text.length());
      text.chars().forEach(c -> packed.putChar((char) c));
    }
    packed.putInt(fields);
    for (int place = 0; place < rows.length; place++) {
      for (Rejection field : byRow.getOrDefault(rows[place], List.of())) {
        packed.putInt(place).putInt(field.reason().ordinal());
        put(packed, field.field(), texts);
        put(packed, field.code(), texts);
        put(packed, field.type(), texts);
        put(packed, field.otherCustomerId(), texts);
      }
    }
    return packed.array();
  }

  /** Gives a text a number, unless it has one; returns how many characters that adds. */
  private static int number(@Nullable String text, Map<String, Integer> texts) {
    if (text == null || texts.putIfAbsent(text, texts.size()) != null) {
      return 0;
    }
    return text.length();
  }

  private static void put(ByteBuffer packed, @Nullable String text, Map<String, Integer> texts) {
    packed.putInt(text == null ? -1 : texts.getOrDefault(text, -1));
  }

  /** Unpacks what was packed of a job's rows. */
  static LeftOutFields unpack(byte[] packed, RowKeys keys) {
    ByteBuffer from = ByteBuffer.wrap(packed);
    String[] texts = new String[from.getInt()];
    for (int i = 0; i < texts.length; i++) {
      char[] text = new char[from.getInt()];
      from.asCharBuffer().get(text);
      from.position(from.position() + text.length * Character.BYTES);
      texts[i] = new String(text);
    }
    LeftOutFields fields = new LeftOutFields();
    for (int left = from.getInt(); left > 0; left--) {
      int row = from.getInt();
      Reason reason = REASONS[from.getInt()];
      fields.add(
          row,
          new Rejection(
              keys.customerId(row),
              Scope.FIELD,
              text(from, texts),
              reason,
              text(from, texts),
              text(from, texts),
              text(from, texts)));
    }
    return fields;
  }

  private static @Nullable String text(ByteBuffer from, String[] texts) {
    int number = from.getInt();
    return number < 0 ? null : texts[number];
  }
}
