package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.catalog.CatalogStore.Entry;
import io.github.klaviyoexport.catalog.CatalogStore.Kind;
import io.github.klaviyoexport.internal.json.JsonDocument;
import io.github.klaviyoexport.internal.json.JsonReader;
import io.github.klaviyoexport.internal.json.UnreadableException;
import io.github.klaviyoexport.internal.text.LookAlikes;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one type of thing is written for a store, and read back.
 *
 * @param <T> the type
 */
public abstract class CatalogFormat<T> {
  static final ObjectMapper MAPPER = new ObjectMapper();

  /** Among them none that is a device to Windows, whatever comes behind its dot. */
  private static final Pattern ID =
      Pattern.compile("(?!(con|prn|aux|nul|com[0-9]|lpt[0-9])([.].*)?$)[a-z0-9][a-z0-9.-]{0,99}");

  private static final int MAX_SEEN = 200;

  private final Kind kind;

  CatalogFormat(Kind kind) {
    this.kind = kind;
  }

  /** Returns whether a text can be the id of a thing in the catalog, and so the name of a file. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /**
   * Requires a text to be such an id.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static void requireId(String text) {
    if (!isId(text)) {
      throw new IllegalArgumentException(
          "The id of an entry has 1 to 100 lower-case letters, digits, hyphens and dots, begins with"
              + " a letter or digit, and is not the name of a device; this one is unlike that.");
    }
  }

  /** Returns what the entries are. */
  public final Kind kind() {
    return kind;
  }

  /** Returns the id. */
  public abstract String id(T value);

  /** Returns the version that is kept. */
  public abstract long version(T value);

  /** Returns the name that no other may look like; {@code null} if there is none. */
  @Nullable String name(T value) {
    return null;
  }

  abstract void write(T value, ObjectNode to);

  abstract T read(JsonReader from, String id, long version) throws UnreadableException;

  /** Returns what could not be read of a thing that was read in part; {@code null} if all was. */
  public @Nullable String unread(T value) {
    return null;
  }

  /** Returns the entry that follows the one that is kept. */
  public final Entry next(T value) {
    ObjectNode node = MAPPER.createObjectNode().put("format", JsonDocument.FORMAT);
    write(value, node);
    return new Entry(kind, id(value), version(value) + 1, seen(name(value)), node.toString());
  }

  /** Returns what people see of a name, which the store keeps unique. */
  private static @Nullable String seen(@Nullable String name) {
    String seen = name == null ? null : LookAlikes.seen(name);
    // Characters may stand for many, and a store takes only so much.
    return seen == null || seen.length() <= MAX_SEEN
        ? seen
        : UUID.nameUUIDFromBytes(seen.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /**
   * Reads the thing that an entry holds.
   *
   * @throws DamagedException if no version of the library could read it
   * @throws UnreadableException if this one cannot
   */
  public final T read(Entry entry) throws DamagedException, UnreadableException {
    JsonReader from = content(entry);
    if (entry.version() < 1) {
      throw new UnreadableException("it is not kept in the way in which this version keeps things");
    }
    try {
      return read(from, entry.id(), entry.version());
    } catch (RuntimeException invalid) {
      throw new UnreadableException("it holds a value that this version does not know");
    }
  }

  /** Returns the content of an entry, which is an object whatever else it is. */
  static JsonReader content(Entry entry) throws DamagedException, UnreadableException {
    if (!isId(entry.id())) {
      throw new DamagedException("its id is none that a catalog makes");
    }
    JsonNode node;
    try {
      node = MAPPER.readTree(entry.json());
    } catch (StreamConstraintsException tooMuch) {
      throw new UnreadableException("it is larger or deeper than this version reads");
    } catch (JsonProcessingException noJson) {
      throw new DamagedException("it is not JSON" + JsonDocument.place(noJson));
    }
    if (node == null || !node.isObject()) {
      throw new DamagedException("it is not what the catalog writes");
    }
    return new JsonReader(node, "");
  }

  /**
   * Returns the name that an entry has, as far as it can be read; else its id. Entries that cannot
   * be read are told apart by it.
   */
  public static String nameOf(Entry entry) {
    String name = entry.uniqueName();
    try {
      name = content(entry).textOrNull("name");
    } catch (DamagedException | UnreadableException unknown) {
      // The name that the store knows is as good.
    }
    return name == null ? entry.id() : name;
  }

  /** Reads the mode; documents of a time before there was a choice say nothing of it. */
  static SyncMode mode(JsonReader from) throws UnreadableException {
    SyncMode mode = from.valueOrNull("mode", SyncMode::valueOf);
    return mode == null ? SyncMode.UPSERT : mode;
  }
}
