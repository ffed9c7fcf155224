package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one type of thing is written for a store, and read back.
 *
 * @param <T> the type
 */
public abstract class CatalogFormat<T> {
  static final ObjectMapper MAPPER = new ObjectMapper();

  /** Grows when something is written that earlier versions of the library cannot read. */
  private static final int FORMAT = 1;

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9.-]{0,99}");

  private final Kind kind;

  CatalogFormat(Kind kind) {
    this.kind = kind;
  }

  /** Returns whether a text can be the id of a thing in the catalog, and so the name of a file. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Returns what the entries are. */
  public final Kind kind() {
    return kind;
  }

  /** Returns the id. */
  public abstract String id(T value);

  /** Returns the version that is kept. */
  public abstract long version(T value);

  /** Returns the name that no other may have; {@code null} if there is none. */
  @Nullable String uniqueName(T value) {
    return null;
  }

  abstract void write(T value, ObjectNode to);

  abstract T read(JsonReader from, String id, long version) throws DamagedException;

  /** Returns the entry that follows the one that is kept. */
  public final Entry next(T value) {
    ObjectNode node = MAPPER.createObjectNode().put("format", FORMAT);
    write(value, node);
    return new Entry(kind, id(value), version(value) + 1, uniqueName(value), node.toString());
  }

  /**
   * Reads the thing that an entry holds.
   *
   * @throws DamagedException if it cannot be read
   * @throws CatalogException if a newer version of the library wrote it
   */
  public final T read(Entry entry) throws DamagedException {
    JsonNode node;
    try {
      node = MAPPER.readTree(entry.json());
    } catch (JsonProcessingException noJson) {
      throw new DamagedException("it is not JSON" + place(noJson));
    }
    if (node == null || !node.isObject() || entry.version() < 1) {
      throw new DamagedException("it is not what the catalog writes");
    }
    if (node.path("format").asInt() > FORMAT) {
      throw new CatalogException(
          CatalogException.Reason.NEWER_FORMAT,
          "The "
              + kind.name().toLowerCase(Locale.ROOT)
              + " "
              + entry.id()
              + " was written by a newer version of this library: use that version here too.");
    }
    try {
      return read(new JsonReader(node, ""), entry.id(), entry.version());
    } catch (IllegalArgumentException | NullPointerException invalid) {
      throw new DamagedException("it holds a value that cannot be");
    }
  }

  private static String place(JsonProcessingException failure) {
    return failure.getLocation() == null
        ? ""
        : " from line " + failure.getLocation().getLineNr() + " on";
  }

  static void put(ObjectNode to, String name, @Nullable Object value) {
    if (value != null) {
      to.put(name, value.toString());
    }
  }

  /** Reads the mode; documents of a time before there was a choice say nothing of it. */
  static SyncMode mode(JsonReader from) throws DamagedException {
    SyncMode mode = from.valueOrNull("mode", SyncMode::valueOf);
    return mode == null ? SyncMode.UPSERT : mode;
  }
}
