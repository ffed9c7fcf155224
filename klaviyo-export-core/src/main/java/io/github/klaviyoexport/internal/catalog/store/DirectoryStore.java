package io.github.klaviyoexport.internal.catalog.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.catalog.CatalogStore;
import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.internal.files.PrivateFiles.NotOrdinaryException;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
 * the old or the new one and never half of it. Writers take turns by a {@link DirectoryLock}, which
 * keeps processes apart, and a monitor, which does so for threads of this process.
 *
 * <p>No symbolic link is followed in the directory, and no id leads out of it. What is no ordinary
 * file, or larger than any entry, counts as an entry that cannot be read here.
 */
public final class DirectoryStore implements CatalogStore {
  private static final Map<Path, Object> MONITORS = new ConcurrentHashMap<>();
  private static final String SUFFIX = ".json";
  private static final String DAMAGED = ".damaged";

  /** Far above what an entry needs: a run's report keeps a thousand rejections. */
  private static final int MOST_BYTES = 16 * 1024 * 1024;

  /** How long a process may hold the lock for a write, which takes milliseconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

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
      for (Kind kind : Kind.values()) {
        folderOf(kind);
      }
    } catch (IOException failure) {
      throw failed("cannot be used", directory, failure);
    }
    this.monitor = MONITORS.computeIfAbsent(root, path -> new Object());
  }

  private static String folder(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT) + "s";
  }

  private Path folderOf(Kind kind) throws IOException {
    Path folder = root.resolve(folder(kind));
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is no directory, or a link to one elsewhere");
    }
    return folder;
  }

  private Path file(Kind kind, String id) throws IOException {
    CatalogFormat.requireId(id);
    return folderOf(kind).resolve(id + SUFFIX);
  }

  @Override
  public List<Entry> list(Kind kind, String idPrefix) {
    return attempt(
        () -> {
          Path folder = folderOf(kind);
          List<Entry> entries = new ArrayList<>();
          for (String id : ids(folder, idPrefix)) {
            read(kind, id, folder.resolve(id + SUFFIX)).ifPresent(entries::add);
          }
          return entries;
        });
  }

  @Override
  public List<String> ids(Kind kind, String idPrefix) {
    return attempt(() -> ids(folderOf(kind), idPrefix));
  }

  private static List<String> ids(Path folder, String prefix) throws IOException {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        String id = name.substring(0, name.length() - SUFFIX.length());
        if (id.startsWith(prefix)) {
          ids.add(id);
        }
      }
    }
    Collections.sort(ids);
    return ids;
  }

  @Override
  public Optional<Entry> find(Kind kind, String id) {
    return CatalogFormat.isId(id) ? attempt(() -> read(kind, id)) : Optional.empty();
  }

  private Optional<Entry> read(Kind kind, String id) throws IOException {
    return read(kind, id, file(kind, id));
  }

  private static Optional<Entry> read(Kind kind, String id, Path file) throws IOException {
    String text;
    try {
      text = text(file);
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (NotOrdinaryException link) {
      return Optional.of(new Entry(kind, id, 0, null, "{}"));
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
    CatalogFormat.requireId(entry.id());
    return exclusively(
        lock -> {
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
          write(entry, lock);
          return Outcome.DONE;
        });
  }

  private void write(Entry entry, DirectoryLock lock) throws IOException {
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
      try (FileChannel channel = PrivateFiles.openOrdinary(fresh, StandardOpenOption.WRITE)) {
        PrivateFiles.write(channel, bytes, 0);
        channel.force(true);
      }
      lock.require();
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static String text(Path file) throws IOException {
    try (InputStream in = PrivateFiles.readOrdinary(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      // Bytes that are no UTF-8 become replacement characters, and the JSON around them is judged.
      return bytes.length > MOST_BYTES ? "{}" : new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private JsonNode written(Kind kind, String id) throws IOException {
    try {
      return CatalogFormat.MAPPER.readTree(text(file(kind, id)));
    } catch (NoSuchFileException none) {
      return CatalogFormat.MAPPER.createObjectNode();
    }
  }

  @Override
  public boolean remove(Kind kind, String id, long version) {
    if (!CatalogFormat.isId(id)) {
      return false;
    }
    return exclusively(
        lock -> {
          boolean there = read(kind, id).filter(entry -> entry.version() == version).isPresent();
          lock.require();
          return there && Files.deleteIfExists(file(kind, id));
        });
  }

  @Override
  public String setAside(Kind kind, String id) {
    return exclusively(
        lock -> {
          Path folder = folderOf(kind);
          // A file may have any name; that it is none of an id may be what is wrong with it.
          Path file = folder.resolve(id + SUFFIX);
          if (!folder.equals(file.getParent())) {
            CatalogFormat.requireId(id);
          }
          lock.require();
          Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
          for (int i = 2; PrivateFiles.isThere(aside); i++) {
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

  private interface Write<T> {
    T run(DirectoryLock lock) throws IOException;
  }

  private <T> T exclusively(Write<T> write) {
    return attempt(
        () -> {
          synchronized (monitor) {
            try (DirectoryLock lock = DirectoryLock.take(root, TimeSource.system(), PATIENCE)) {
              return write.run(lock);
            }
          }
        });
  }

  private <T> T attempt(Action<T> action) {
    try {
      // A run that was stopped by an interrupt is still written down.
      return PrivateFiles.uninterrupted(action::run);
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
