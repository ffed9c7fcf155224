package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.internal.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A store in a directory: one folder for each kind, one file for each entry.
 *
 * <p>A file is written beside its place, forced to the disk and moved into place, so a reader sees
 * the old or the new one and never half of it. Writers take turns by a lock on the file {@code
 * .lock}; that lock keeps processes apart, and a monitor threads of this process, which share file
 * locks.
 */
public final class DirectoryStore implements CatalogStore {
  private static final Map<Path, Object> MONITORS = new ConcurrentHashMap<>();
  private static final String SUFFIX = ".json";
  private static final String DAMAGED = ".damaged";

  private final Path root;
  private final Object monitor;

  private interface Action<T> {
    T run() throws IOException;
  }

  /** Creates the store in the given directory, which is made if it is not there. */
  public DirectoryStore(Path directory) {
    try {
      PrivateFiles.makeDirectories(directory);
      for (Kind kind : Kind.values()) {
        PrivateFiles.makeDirectories(directory.resolve(folder(kind)));
      }
      this.root = directory.toRealPath();
    } catch (IOException failure) {
      throw failed("cannot be used", directory, failure);
    }
    this.monitor = MONITORS.computeIfAbsent(root, path -> new Object());
  }

  private static String folder(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT) + "s";
  }

  private Path file(Kind kind, String id) {
    return root.resolve(folder(kind)).resolve(id + SUFFIX);
  }

  @Override
  public List<Entry> list(Kind kind, String idPrefix) {
    return attempt(
        () -> {
          List<Entry> entries = new ArrayList<>();
          try (DirectoryStream<Path> files =
              Files.newDirectoryStream(root.resolve(folder(kind)), "*" + SUFFIX)) {
            for (Path file : files) {
              String name = String.valueOf(file.getFileName());
              String id = name.substring(0, name.length() - SUFFIX.length());
              if (id.startsWith(idPrefix)) {
                read(kind, id).ifPresent(entries::add);
              }
            }
          }
          entries.sort(Comparator.comparing(Entry::id));
          return entries;
        });
  }

  @Override
  public Optional<Entry> find(Kind kind, String id) {
    return CatalogFormat.isId(id) ? attempt(() -> read(kind, id)) : Optional.empty();
  }

  private Optional<Entry> read(Kind kind, String id) throws IOException {
    String text;
    try {
      text = text(kind, id);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
    try {
      JsonNode node = CatalogFormat.MAPPER.readTree(text);
      JsonNode content = node.path("content");
      JsonNode version = node.path("version");
      if (content.isObject() && version.isIntegralNumber() && version.canConvertToLong()) {
        String name = node.path("unique_name").asText("");
        return Optional.of(
            new Entry(
                kind, id, version.asLong(), name.isEmpty() ? null : name, content.toString()));
      }
    } catch (JsonProcessingException damaged) {
      // Falls through: what cannot be read is handed on as it is, for the catalog to judge it.
    }
    return Optional.of(new Entry(kind, id, 0, null, text));
  }

  @Override
  public Outcome put(Entry entry) {
    return exclusively(
        () -> {
          Optional<Entry> present = read(entry.kind(), entry.id());
          boolean unreadable = present.filter(there -> there.version() < 1).isPresent();
          if (unreadable || entry.version() != present.map(Entry::version).orElse(0L) + 1) {
            return Outcome.OTHER_VERSION;
          }
          String name = entry.uniqueName();
          if (name != null
              && list(entry.kind(), "").stream()
                  .anyMatch(
                      other -> !other.id().equals(entry.id()) && name.equals(other.uniqueName()))) {
            return Outcome.NAME_TAKEN;
          }
          write(entry);
          return Outcome.DONE;
        });
  }

  private void write(Entry entry) throws IOException {
    ObjectNode node = CatalogFormat.MAPPER.createObjectNode();
    node.put("version", entry.version());
    if (entry.uniqueName() != null) {
      node.put("unique_name", entry.uniqueName());
    }
    node.set("content", CatalogFormat.MAPPER.readTree(entry.json()));
    for (Map.Entry<String, JsonNode> rest : written(entry.kind(), entry.id()).properties()) {
      // Another version may write more around the content.
      if (!Set.of("version", "unique_name", "content").contains(rest.getKey())) {
        node.set(rest.getKey(), rest.getValue());
      }
    }
    byte[] bytes =
        CatalogFormat.MAPPER
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(node)
            .getBytes(StandardCharsets.UTF_8);

    Path file = file(entry.kind(), entry.id());
    Path fresh = PrivateFiles.makeTemporaryFile(root);
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private String text(Kind kind, String id) throws IOException {
    // Bytes that are no UTF-8 become replacement characters, and the JSON around them is judged.
    return new String(Files.readAllBytes(file(kind, id)), StandardCharsets.UTF_8);
  }

  private JsonNode written(Kind kind, String id) throws IOException {
    try {
      return CatalogFormat.MAPPER.readTree(text(kind, id));
    } catch (NoSuchFileException none) {
      return CatalogFormat.MAPPER.createObjectNode();
    }
  }

  @Override
  public boolean remove(Kind kind, String id, long version) {
    return exclusively(
        () -> {
          boolean there = read(kind, id).filter(entry -> entry.version() == version).isPresent();
          return there && Files.deleteIfExists(file(kind, id));
        });
  }

  @Override
  public String setAside(Kind kind, String id) {
    return exclusively(
        () -> {
          Path file = file(kind, id);
          Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
          for (int i = 2; Files.exists(aside); i++) {
            aside = file.resolveSibling(file.getFileName() + DAMAGED + "-" + i);
          }
          try {
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
          } catch (NoSuchFileException gone) {
            // Another process has set it aside: it lies there under the same name.
          }
          return aside.toString();
        });
  }

  private <T> T exclusively(Action<T> action) {
    return attempt(
        () -> {
          synchronized (monitor) {
            try (FileChannel channel =
                    FileChannel.open(
                        root.resolve(".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
              if (!lock.isValid()) {
                throw new IOException("its lock was lost");
              }
              return action.run();
            }
          }
        });
  }

  private <T> T attempt(Action<T> action) {
    try {
      return action.run();
    } catch (IOException failure) {
      throw failed("failed", root, failure);
    }
  }

  private static CatalogException failed(String what, Path directory, IOException failure) {
    return new CatalogException(
        Reason.STORE_FAILED,
        "The catalog's directory "
            + directory
            + " "
            + what
            + " ("
            + failure.getClass().getSimpleName()
            + ": "
            + failure.getMessage()
            + "): see that it exists, is writable for this process and has room.",
        failure);
  }

  /** Returns where it is. */
  @Override
  public String toString() {
    return root.toString();
  }
}
