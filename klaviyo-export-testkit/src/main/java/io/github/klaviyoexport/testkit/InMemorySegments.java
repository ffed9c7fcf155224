package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.ListingSource;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A source of segments in memory, which knows how many of its readers are open.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.ExamplesTest" region="segments"}
 *
 * <p>Segments are added before the first one is opened; after that it is safe for use by many
 * threads. A reader knows the segment's size, its fields when all profiles {@linkplain FieldNames
 * share} them, and as its position how many profiles it has given.
 */
public final class InMemorySegments implements PositionedSource, ListingSource {
  private final Map<String, Content> segments = new LinkedHashMap<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  private record Content(
      Iterable<CustomerProfile> profiles,
      OptionalLong size,
      Optional<FieldNames> fields,
      long failsAfter) {}

  private static final long NEVER = Long.MAX_VALUE;

  private InMemorySegments() {}

  /** Creates a source without segments, to which they are added. */
  public static InMemorySegments empty() {
    return new InMemorySegments();
  }

  /** Creates a source with one segment. */
  public static InMemorySegments of(String segment, CustomerProfile... profiles) {
    return empty().segment(segment, profiles);
  }

  /** Creates a source with one segment. */
  public static InMemorySegments of(String segment, Collection<CustomerProfile> profiles) {
    return empty().segment(segment, profiles);
  }

  /** Creates a source with one segment of generated profiles. */
  public static InMemorySegments of(String segment, GeneratedProfiles profiles) {
    return empty().segment(segment, profiles);
  }

  /** Adds a segment. */
  public InMemorySegments segment(String name, CustomerProfile... profiles) {
    return segment(name, Arrays.asList(profiles));
  }

  /** Adds a segment. */
  public InMemorySegments segment(String name, Collection<CustomerProfile> profiles) {
    List<CustomerProfile> copy = List.copyOf(profiles);
    return put(name, new Content(copy, OptionalLong.of(copy.size()), sharedFields(copy), NEVER));
  }

  /** Adds a segment of generated profiles, which are made while they are read. */
  public InMemorySegments segment(String name, GeneratedProfiles profiles) {
    return put(
        name,
        new Content(
            profiles, OptionalLong.of(profiles.size()), Optional.of(profiles.fields()), NEVER));
  }

  private InMemorySegments put(String name, Content content) {
    segments.put(Segment.named(name).name(), content);
    return this;
  }

  private static Optional<FieldNames> sharedFields(List<CustomerProfile> profiles) {
    return profiles.stream().map(CustomerProfile::fields).distinct().count() == 1
        ? Optional.of(profiles.get(0).fields())
        : Optional.empty();
  }

  /**
   * Has a segment's readers not know how many profiles there are.
   *
   * @throws IllegalArgumentException if there is no such segment
   */
  public InMemorySegments sizeUnknown(String segment) {
    Content content = known(segment);
    return put(
        segment,
        new Content(content.profiles, OptionalLong.empty(), content.fields, content.failsAfter));
  }

  /**
   * Has a segment's readers fail with an {@link IOException} after so many profiles.
   *
   * @throws IllegalArgumentException if there is no such segment
   */
  public InMemorySegments failingAfter(String segment, long profiles) {
    Content content = known(segment);
    return put(segment, new Content(content.profiles, content.size, content.fields, profiles));
  }

  private Content known(String segment) {
    Content content = segments.get(segment);
    if (content == null) {
      throw new IllegalArgumentException(unknown(segment));
    }
    return content;
  }

  private String unknown(String segment) {
    return "There is no segment '" + segment + "' in memory, only " + segments.keySet() + ".";
  }

  @Override
  public List<AvailableSegment> segments() {
    return segments.entrySet().stream()
        .map(
            segment ->
                new AvailableSegment(Segment.named(segment.getKey()), segment.getValue().size()))
        .toList();
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    return openAt(segment, "0");
  }

  @Override
  public ProfileReader openAt(Segment segment, String position) throws IOException {
    Content content = segments.get(segment.name());
    if (content == null) {
      throw new IOException(unknown(segment.name()));
    }
    if (!position.matches("\\d{1,18}")) {
      throw new IOException("This is no position of a segment in memory: pass what a reader said.");
    }
    Reader reader = new Reader(content);
    while (reader.read < Long.parseLong(position) && reader.next() != null) {}
    opened.incrementAndGet();
    open.incrementAndGet();
    return reader;
  }

  /** Returns how many readers have been opened so far. */
  public int openedReaders() {
    return opened.get();
  }

  /** Returns how many readers are open now; 0 when every export has closed what it opened. */
  public int openReaders() {
    return open.get();
  }

  /** Returns the names of the segments. */
  @Override
  public String toString() {
    return "InMemorySegments" + segments.keySet();
  }

  private final class Reader implements ProfileReader {
    private final Content content;
    private final Iterator<CustomerProfile> profiles;
    private long read;
    private boolean closed;

    Reader(Content content) {
      this.content = content;
      this.profiles = content.profiles.iterator();
    }

    @Override
    public @Nullable CustomerProfile next() throws IOException {
      if (closed) {
        throw new IllegalStateException("This reader is closed: read before closing it.");
      }
      if (read == content.failsAfter) {
        throw new IOException(
            "The segment failed after " + InWords.count(read, "profile") + ", as it was told to.");
      }
      if (!profiles.hasNext()) {
        return null;
      }
      read++;
      return profiles.next();
    }

    @Override
    public OptionalLong size() {
      return content.size;
    }

    @Override
    public Optional<String> position() {
      return Optional.of(Long.toString(read));
    }

    @Override
    public Optional<FieldNames> fields() {
      return content.fields;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
    }
  }
}
