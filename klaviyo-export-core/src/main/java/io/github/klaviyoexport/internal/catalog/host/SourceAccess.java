package io.github.klaviyoexport.internal.catalog.host;

import io.github.klaviyoexport.catalog.CatalogException;
import io.github.klaviyoexport.catalog.CatalogException.Reason;
import io.github.klaviyoexport.internal.api.Advice;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.AvailableSegment;
import io.github.klaviyoexport.source.ListingSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Readiness;
import io.github.klaviyoexport.source.RefreshedSource;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the source beside the reading of a run. As in a run, that is done on a thread of
 * its own, and nothing is told of what the source throws but its type, unless that is an {@link
 * IOException}; the type is in the log and the trace.
 */
public final class SourceAccess implements AutoCloseable {
  /** A slow query answers within that; people wait for it. */
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final System.Logger LOG = System.getLogger("io.github.klaviyoexport.catalog");

  private final ProfileSource source;
  private final Duration patience;
  private final HostCalls calls;

  /** Creates the way to a source. */
  public SourceAccess(ProfileSource source) {
    this(source, PATIENCE);
  }

  /**
   * Creates the way to a source.
   *
   * @param patience how long an answer is waited for
   */
  SourceAccess(ProfileSource source, Duration patience) {
    this.source = source;
    this.patience = patience;
    this.calls = new HostCalls("source", patience);
  }

  /**
   * What is known of a segment before it is read.
   *
   * @param size how many customers it has; 0 if that is not known
   */
  public record Opened(long size, Optional<FieldNames> fields) {}

  /** Returns the source. */
  public ProfileSource source() {
    return source;
  }

  /** A question to the source; it notes the method that it calls. */
  private interface Question<T> {
    T ask(Asked asked) throws Exception;
  }

  /** The source's method that was called last. */
  private static final class Asked {
    private volatile String method = "";

    <T> T returned(@Nullable T answer) throws IOException {
      if (answer == null) {
        throw new IOException("it returned null in " + method);
      }
      return answer;
    }
  }

  /** Opens a segment to see what can be known of it. */
  public Opened open(Segment segment) {
    return answer(
        "open segment " + segment,
        "choose another segment, or mend the source",
        asked -> {
          asked.method = "open()";
          try (ProfileReader reader = asked.returned(source.open(segment))) {
            asked.method = "size()";
            long size = asked.returned(reader.size()).orElse(0);
            asked.method = "fields()";
            Optional<FieldNames> fields = asked.returned(reader.fields());
            asked.method = "close()";
            return new Opened(Math.max(0, size), fields);
          }
        });
  }

  /** Returns the segments that the source lists, by name; none if it lists none. */
  public List<AvailableSegment> segments() {
    if (!(source instanceof ListingSource listing)) {
      return List.of();
    }
    return answer(
        "list its segments",
        "mend the source",
        asked -> {
          asked.method = "segments()";
          return asked.returned(listing.segments()).stream()
              .sorted(Comparator.comparing(available -> available.segment().name()))
              .toList();
        });
  }

  /**
   * Returns whether a segment is to be read now; it always is if the source does not say.
   *
   * @param goesOn whether the answer is still wanted; asked about each second
   */
  public Readiness readiness(Segment segment, BooleanSupplier goesOn) {
    if (!(source instanceof RefreshedSource refreshed)) {
      return Readiness.ready();
    }
    return answer(
        "say whether segment " + segment + " is ready",
        "mend the source",
        asked -> {
          asked.method = "readiness()";
          return asked.returned(refreshed.readiness(segment));
        },
        goesOn);
  }

  private <T> T answer(String what, String advice, Question<T> question) {
    return answer(what, advice, question, () -> true);
  }

  private <T> T answer(String what, String advice, Question<T> question, BooleanSupplier goesOn) {
    Asked asked = new Asked();
    String why;
    Throwable cause = null;
    try {
      return calls.call(() -> question.ask(asked), goesOn);
    } catch (ExecutionException failure) {
      Throwable thrown = Objects.requireNonNull(failure.getCause());
      boolean speaks = UnquotedFailure.maySpeak(thrown);
      why = speaks ? Advice.clause(thrown) : thrown.getClass().getName() + " in " + asked.method;
      cause = speaks ? UnquotedFailure.keepingMessage(thrown) : UnquotedFailure.of(thrown);
    } catch (TimeoutException late) {
      why = "it hung in " + asked.method + " for " + InWords.count(patience.toSeconds(), "second");
    }
    LOG.log(System.Logger.Level.WARNING, "The source cannot {0} ({1}).", what, why);
    throw new CatalogException(
        Reason.SEGMENT_UNREADABLE,
        "The source cannot " + what + " (" + PlainWords.of(why) + "): " + advice + ".",
        cause);
  }

  /** Ends all that is asked now; nothing can be asked any more. */
  @Override
  public void close() {
    calls.close();
  }
}
