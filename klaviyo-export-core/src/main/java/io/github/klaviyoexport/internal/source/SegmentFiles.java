package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of segments are: a few files, whatever the segment's name, or a directory with a
 * file or a folder for each segment.
 *
 * <p>A folder holds the parts of one segment, as engines such as Spark write them. What begins with
 * a full stop or a low line is the engine's own.
 */
public final class SegmentFiles {
  private static final Comparator<Path> BY_NAME =
      Comparator.comparing(path -> String.valueOf(path.getFileName()));

  /** What is packed with gzip has 20 bytes beside, and the name that it had. */
  private static final long MOST_BYTES_OF_NOTHING = 1_024;

  private static final String INSTEAD = ": write what it gives to a file, and read that.";

  private final List<Path> paths;
  private final boolean directory;
  private final List<String> endings;
  private final List<String> partEndings;

  /** The pipes and devices that have been opened, which give nothing a second time. */
  private final Set<Path> readOnce = ConcurrentHashMap.newKeySet();

  private SegmentFiles(
      List<Path> paths, boolean directory, List<String> endings, List<String> partEndings) {
    this.paths = paths;
    this.directory = directory;
    this.endings = endings;
    this.partEndings = partEndings;
  }

  /** Creates the whereabouts of files and folders that are one segment together, in that order. */
  public static SegmentFiles of(List<Path> paths, List<String> partEndings) {
    return new SegmentFiles(List.copyOf(paths), false, List.of(), partEndings);
  }

  /**
   * Creates the whereabouts of segments of which each has a file or folder of its name.
   *
   * @param endings how the file's name may go on, the commonest first
   * @param partEndings how names of files in a folder may end
   */
  public static SegmentFiles directory(
      Path directory, List<String> endings, List<String> partEndings) {
    return new SegmentFiles(List.of(directory), true, endings, partEndings);
  }

  /**
   * Returns the files of a segment, in the order in which they are read.
   *
   * @throws IOException if there is none, or it is not clear which it is
   */
  public List<SourceFile> of(Segment segment) throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path path : directory ? List.of(named(segment)) : paths) {
      if (Files.isDirectory(path)) {
        files.addAll(parts(path));
      } else {
        files.add(path);
      }
    }
    for (Path file : files.size() > 1 ? files : List.<Path>of()) {
      if (isPipe(file)) {
        throw new IOException(onceOnly(file) + "of several files each is opened twice" + INSTEAD);
      }
    }
    boolean several = files.size() > 1 || !files.equals(paths);
    Path base = base();
    return files.stream()
        .map(file -> new SourceFile(file, several ? nameBelow(base, file) : ""))
        .toList();
  }

  /** Returns the folder that holds all files, below which their paths differ; null if none does. */
  private @Nullable Path base() {
    Path base = folder(paths.get(0));
    while (base != null && !allBelow(base)) {
      base = base.getParent();
    }
    return base;
  }

  private boolean allBelow(Path base) {
    return paths.stream().allMatch(path -> path.toAbsolutePath().normalize().startsWith(base));
  }

  private static @Nullable Path folder(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    return Files.isDirectory(absolute) ? absolute : absolute.getParent();
  }

  /** Returns the path of a file from a folder on, written the same on every system. */
  private static String nameBelow(@Nullable Path base, Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    Path name = base == null ? absolute : base.relativize(absolute);
    return name.toString().replace(name.getFileSystem().getSeparator(), "/");
  }

  /**
   * Returns the segments that have a file or folder in the directory, by name; none where files
   * were named. How many customers they have is not known without reading them.
   *
   * @throws IOException if the directory cannot be read
   */
  public List<AvailableSegment> segments() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    if (directory) {
      try {
        for (Path path : list(paths.get(0))) {
          addSegment(path, names);
        }
      } catch (NoSuchFileException | NotDirectoryException failure) {
        throw new IOException(
            "There is no directory " + paths.get(0) + ": check the path.", failure);
      }
    }
    return names.stream()
        .map(name -> new AvailableSegment(Segment.named(name), OptionalLong.empty()))
        .toList();
  }

  private void addSegment(Path path, Set<String> names) throws IOException {
    String name = String.valueOf(path.getFileName());
    if (name.startsWith(".") || name.startsWith("_")) {
      return;
    }
    boolean isFolder = Files.isDirectory(path);
    if (isFolder && !holdsParts(path)) {
      return;
    }
    Optional<String> ending =
        endings.stream().filter(one -> ends(name, one) && name.length() > one.length()).findFirst();
    if (isFolder || ending.isPresent()) {
      names.add(name.substring(0, name.length() - ending.orElse("").length()));
    }
  }

  private boolean holdsParts(Path folder) throws IOException {
    return list(folder).stream().anyMatch(path -> endsAsPart(String.valueOf(path.getFileName())));
  }

  private boolean endsAsPart(String name) {
    return partEndings.stream().anyMatch(ending -> ends(name, ending));
  }

  /** Returns whether a name ends so, in upper or lower case. */
  private static boolean ends(String name, String ending) {
    return name.regionMatches(true, name.length() - ending.length(), ending, 0, ending.length());
  }

  private Path named(Segment segment) throws IOException {
    String name = segment.name();
    // The name comes from a caller and must not lead out of the directory.
    if (name.indexOf('/') < 0
        && name.indexOf('\\') < 0
        && name.indexOf(':') < 0
        && !name.equals(".")
        && !name.equals("..")) {
      try {
        return onlyOne(segment, paths.get(0));
      } catch (InvalidPathException unfit) {
        // Said below.
      }
    }
    throw new IOException(
        "The segment name '" + name + "' cannot be a file name: use letters, digits, - and _.");
  }

  private Path onlyOne(Segment segment, Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try {
      for (Path path : list(directory)) {
        if (isOf(segment.name(), path)) {
          found.add(path);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException nothingThere) {
      // Said where the file is opened.
    }
    Collections.sort(found);
    if (found.size() > 1) {
      throw new IOException(
          "There are "
              + (found.size() == 2 ? "two" : String.valueOf(found.size()))
              + " files for the segment '"
              + segment
              + "', "
              + found.stream()
                  .map(Path::toString)
                  .collect(Collectors.joining(", "))
                  .replaceFirst(", (?!.*, )", " and ")
              + ": remove the one that is out of date.");
    }
    return found.isEmpty() ? directory.resolve(segment.name() + endings.get(0)) : found.get(0);
  }

  private boolean isOf(String segment, Path path) {
    String name = String.valueOf(path.getFileName());
    return name.startsWith(segment)
        && (name.equals(segment)
            ? Files.isDirectory(path)
            : endings.stream().anyMatch(name.substring(segment.length())::equalsIgnoreCase));
  }

  private List<Path> parts(Path folder) throws IOException {
    List<Path> parts = new ArrayList<>();
    List<Path> empty = new ArrayList<>();
    for (Path path : list(folder)) {
      String name = String.valueOf(path.getFileName());
      if (name.equals("_temporary")) {
        throw new IOException(
            "The folder "
                + folder
                + " is still being written, or its writer was cut off: it holds _temporary. Wait"
                + " for the writer to end, or write it again.");
      }
      if (!name.startsWith(".") && !name.startsWith("_") && isPart(folder, path, name)) {
        (isEmpty(path) ? empty : parts).add(path);
      }
    }
    parts.sort(BY_NAME);
    if (parts.isEmpty()) {
      empty.stream().min(BY_NAME).ifPresent(parts::add);
    }
    if (parts.isEmpty()) {
      throw new IOException(
          "The folder "
              + folder
              + " holds no file of which the name ends with "
              + String.join(" or ", partEndings)
              + ": check the path.");
    }
    return parts;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      List<Path> paths = new ArrayList<>();
      all.forEach(paths::add);
      return paths;
    } catch (DirectoryIteratorException failure) {
      throw unreadable(folder, Objects.requireNonNull(failure.getCause()));
    } catch (AccessDeniedException failure) {
      throw unreadable(folder, failure);
    }
  }

  private static IOException unreadable(Path folder, IOException failure) {
    return new IOException(
        "The folder " + folder + " may not be read: check its permissions.", failure);
  }

  /** Returns whether a file is a part; what may be one and is not read is not passed over. */
  private boolean isPart(Path folder, Path path, String name) throws IOException {
    boolean isFolder = Files.isDirectory(path);
    if (isFolder && name.indexOf('=') > 0) {
      throw new IOException(
          "The folder "
              + folder
              + " is partitioned: it holds the folder "
              + name
              + ". Write the segment without partitions, or read one of the folders.");
    }
    boolean ends = endsAsPart(name);
    String lower = name.toLowerCase(Locale.ROOT);
    if (!ends && partEndings.stream().anyMatch(ending -> lower.contains(ending + "."))) {
      throw new IOException(
          "The folder "
              + folder
              + " holds "
              + name
              + ", which is packed in a way that is not read: unpack it, or pack it with gzip.");
    }
    return !isFolder && ends;
  }

  /** Returns whether a file holds nothing: engines write such a one for a part without a row. */
  private static boolean isEmpty(Path path) {
    try {
      return Files.isRegularFile(path)
          && Files.size(path) <= MOST_BYTES_OF_NOTHING
          && FileBytes.holdNothing(path);
    } catch (IOException unreadable) {
      // A link to nothing, for example: said where the file is opened.
      return false;
    }
  }

  /** Returns whether there is such a file, and it is a pipe, a device or the like. */
  private static boolean isPipe(Path path) {
    return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
  }

  private static String onceOnly(Path path) {
    return "The file " + path + " is a pipe or a device, which can be read once, and ";
  }

  /**
   * Opens a file of a segment.
   *
   * @throws IOException if it is not there or may not be read; the message says what to do
   */
  public InputStream open(SourceFile file, Segment segment) throws IOException {
    // Opening it would wait for a writer that may not come again.
    if (isPipe(file.path()) && !readOnce.add(file.path())) {
      throw new IOException(onceOnly(file.path()) + "has been" + INSTEAD);
    }
    try {
      return WatchedFile.open(file);
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

  /** Returns the paths. */
  @Override
  public String toString() {
    return paths.toString();
  }
}
