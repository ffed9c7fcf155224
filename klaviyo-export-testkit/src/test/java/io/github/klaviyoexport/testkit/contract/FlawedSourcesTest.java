package io.github.klaviyoexport.testkit.contract;

import com.fasterxml.jackson.core.JsonParseException;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.Unreadable;
import io.github.klaviyoexport.source.PositionedSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each test of the contract for sources catches a source with the flaw it is named for. */
class FlawedSourcesTest {
  private static final Segment SEGMENT = Segment.named("vip");
  private static final Segment OTHER = Segment.named("new");
  private static final FieldNames FIELDS = FieldNames.of("email", "tags", "phone", "name");
  private static final List<String> IDS = List.of("c-1", "c-2", "c-3", "c-4");

  private static PositionedSource onTrial = new Shelf();
  private static int connections;

  static class Trial extends PositionedSourceContract {
    @Override
    protected PositionedSource source() {
      return onTrial;
    }

    @Override
    protected Segment segment() {
      return SEGMENT;
    }

    @Override
    protected List<String> ids() {
      return IDS;
    }

    @Override
    protected Optional<Segment> otherSegment() {
      return Optional.of(OTHER);
    }

    @Override
    protected OptionalInt openResources() {
      return OptionalInt.of(connections);
    }
  }

  /** A source without a flaw; those with one differ from it by a method. */
  private static class Shelf implements PositionedSource {
    @Override
    public ProfileReader open(Segment segment) throws IOException {
      if (segment.equals(OTHER)) {
        return ProfileReader.of(List.of(customer("n-1")));
      }
      if (!segment.equals(SEGMENT)) {
        throw new IOException("There is no segment " + segment + ": ask for " + SEGMENT + ".");
      }
      return reader(0);
    }

    @Override
    public ProfileReader openAt(Segment segment, String position) throws IOException {
      if (!position.matches("\\d+")) {
        throw new IOException("That is no position.");
      }
      return reader(Integer.parseInt(position));
    }

    ProfileReader reader(int at) {
      return new Row(at);
    }
  }

  private static class Row implements ProfileReader {
    final int begin;
    int at;

    Row(int at) {
      this.begin = at;
      this.at = at;
    }

    @Override
    public @Nullable CustomerProfile next() throws IOException {
      return at == IDS.size() ? null : customer(IDS.get(at++));
    }

    @Override
    public boolean isSortedByEmail() {
      return true;
    }

    @Override
    public OptionalLong size() {
      return OptionalLong.of(IDS.size());
    }

    @Override
    public Optional<FieldNames> fields() {
      return Optional.of(FIELDS);
    }

    @Override
    public Optional<String> position() {
      return Optional.of(String.valueOf(at));
    }
  }

  private static CustomerProfile customer(String id) {
    return profile(id, id + "@shop.example", List.of(1));
  }

  private static CustomerProfile profile(String id, @Nullable Object email, Object tags) {
    char number = id.charAt(2);
    return CustomerProfile.of(
        id, FIELDS, email, tags, "+4420794600" + number + number, "Ada " + (char) (number + 16));
  }

  /** A source whose readers are made by a function of where they begin. */
  private interface Readers {
    ProfileReader at(int begin);
  }

  private static Shelf with(Readers readers) {
    return new Shelf() {
      @Override
      ProfileReader reader(int at) {
        return readers.at(at);
      }
    };
  }

  /** By the name of the test that catches it. */
  private static final TreeMap<String, List<PositionedSource>> FLAWED = new TreeMap<>();

  static {
    flaw(
        "a_segment_is_read_from_the_first_to_the_last",
        begin ->
            new Row(begin) {
              @Override
              public @Nullable CustomerProfile next() throws IOException {
                return at == IDS.size() - 1 ? null : super.next();
              }
            });
    flaw(
        "after_the_last_there_is_none_however_often_it_is_asked_for",
        begin ->
            new Row(begin) {
              private boolean ended;

              @Override
              public @Nullable CustomerProfile next() throws IOException {
                if (ended) {
                  throw new IllegalStateException("ended");
                }
                CustomerProfile next = super.next();
                ended = next == null;
                return next;
              }
            });
    Row once = new Row(0);
    flaw("a_segment_can_be_read_again", begin -> once);
    Row shared = new Row(0);
    flaw(
        "readers_do_not_disturb_each_other",
        begin -> {
          shared.at = begin;
          return shared;
        });
    flaw("closing_a_reader_leaves_the_others_open", new ClosingAll());
    Thread owner = Thread.currentThread();
    flaw(
        "many_threads_open_and_read_at_the_same_time",
        begin -> {
          if (Thread.currentThread() != owner) {
            throw new IllegalStateException("opened by another thread");
          }
          return new Row(begin);
        });
    flaw(
        "a_reader_can_be_closed_unread_midway_and_at_the_end",
        begin ->
            new Row(begin) {
              @Override
              public void close() throws IOException {
                if (at == begin) {
                  throw new IOException("not begun");
                }
              }
            });
    flaw(
        "a_closed_reader_has_let_go_of_all_that_it_held",
        begin -> {
          connections++;
          return new Row(begin) {
            @Override
            public void close() {
              // It forgets its connection when it was read to the end.
              connections -= at == IDS.size() ? 0 : 1;
            }
          };
        });
    flaw(
        "each_value_is_of_a_type_that_can_be_written",
        begin ->
            new Row(begin) {
              @Override
              public @Nullable CustomerProfile next() throws IOException {
                CustomerProfile next = super.next();
                return next == null || at != 2
                    ? next
                    : profile(next.id(), next.value(0), Thread.currentThread());
              }
            });
    flaw(
        "the_size_if_it_is_known_is_that_of_the_whole_segment_from_first_to_last",
        begin ->
            new Row(begin) {
              @Override
              public OptionalLong size() {
                return OptionalLong.of(IDS.size() - at);
              }
            });
    flaw(
        "the_size_if_it_is_known_is_that_of_the_whole_segment_wherever_reading_began",
        begin ->
            new Row(begin) {
              @Override
              public OptionalLong size() {
                return OptionalLong.of(IDS.size() - begin);
              }
            });
    flaw(
        "the_fields_if_they_are_known_are_those_of_every_profile",
        begin ->
            new Row(begin) {
              @Override
              public Optional<FieldNames> fields() {
                return Optional.of(FieldNames.of("email", "tags", "phone", "LTV"));
              }
            });
    flaw(
        "a_profile_stays_as_it_is_while_others_are_read",
        begin ->
            new Row(begin) {
              private final List<Integer> tags = new ArrayList<>();

              @Override
              public @Nullable CustomerProfile next() throws IOException {
                CustomerProfile next = super.next();
                tags.add(at);
                return next == null ? null : profile(next.id(), next.value(0), tags);
              }
            });
    flaw(
        "a_customers_id_is_no_email_address",
        begin ->
            new Row(begin) {
              @Override
              public @Nullable CustomerProfile next() throws IOException {
                CustomerProfile next = super.next();
                return next == null ? null : customer(next.id() + "@shop.example");
              }
            });
    flaw(
        "what_could_not_be_read_is_told_without_an_email_address",
        begin ->
            new Row(begin) {
              @Override
              public @Nullable CustomerProfile next() throws IOException {
                CustomerProfile next = super.next();
                return next == null || at != 3
                    ? next
                    : CustomerProfile.unreadable(
                        next.id(), Unreadable.because("no record: c-3,c-3@shop.example"));
              }
            });
    flaw(
        "an_unknown_segment_is_refused_with_advice",
        new Shelf() {
          @Override
          public ProfileReader open(Segment segment) {
            return reader(segment.equals(SEGMENT) ? 0 : IDS.size());
          }
        });
    flaw(
        "an_unknown_segment_is_refused_with_advice",
        new Shelf() {
          @Override
          public ProfileReader open(Segment segment) throws IOException {
            if (!segment.equals(SEGMENT)) {
              throw new JsonParseException(null, "There is no such segment: check the name.");
            }
            return reader(0);
          }
        });
    flaw(
        "a_reader_says_where_it_stands_behind_each_profile",
        begin ->
            new Row(begin) {
              @Override
              public Optional<String> position() {
                return at == IDS.size() ? Optional.empty() : super.position();
              }
            });
    flaw(
        "reading_goes_on_behind_each_position_also_in_another_process",
        begin -> new Row(Math.max(0, begin - 1)));
    flaw(
        "positions_are_the_same_wherever_reading_began",
        begin ->
            new Row(begin) {
              @Override
              public Optional<String> position() {
                return Optional.of(String.valueOf(at - begin));
              }
            });
    flaw(
        "asking_for_the_position_moves_nothing",
        begin ->
            new Row(begin) {
              @Override
              public Optional<String> position() {
                return Optional.of(String.valueOf(at == IDS.size() ? at : ++at));
              }
            });
    for (String told : List.of("c-%s@shop.example", "+4420794600%1$s%1$s", "Ada %2$s")) {
      flaw(
          "a_position_holds_no_email_address_phone_number_or_name",
          begin ->
              new Row(begin) {
                @Override
                public Optional<String> position() {
                  return Optional.of(at + " behind " + told.formatted(at, (char) ('@' + at)));
                }
              });
      flaw(
          "no_value_of_a_profile_is_in_the_text_of_source_or_reader",
          begin ->
              new Row(begin) {
                @Override
                public String toString() {
                  return "Row[behind " + told.formatted(at, (char) ('@' + at)) + "]";
                }
              });
    }
    flaw(
        "a_closed_reader_that_began_at_a_position_has_let_go_of_all_that_it_held",
        begin -> {
          connections++;
          return new Row(begin) {
            @Override
            public void close() {
              connections -= begin == 0 ? 1 : 0;
            }
          };
        });
    flaw(
        "a_refused_position_leaves_nothing_open",
        new Shelf() {
          @Override
          public ProfileReader openAt(Segment segment, String position) throws IOException {
            connections++;
            ProfileReader reader = super.openAt(segment, position);
            connections--;
            return reader;
          }
        });
    flaw(
        "a_refused_opening_leaves_nothing_open",
        new Shelf() {
          @Override
          public ProfileReader open(Segment segment) throws IOException {
            connections++;
            ProfileReader reader = super.open(segment);
            connections--;
            return reader;
          }
        });
    flaw(
        "each_segment_has_its_own_customers",
        new Shelf() {
          private @Nullable Segment first;

          @Override
          public ProfileReader open(Segment segment) throws IOException {
            if (first == null) {
              first = segment;
            }
            return super.open(first);
          }
        });
    flaw(
        "a_reader_that_says_that_it_is_sorted_by_email_address_is",
        begin ->
            new Row(begin) {
              @Override
              public @Nullable CustomerProfile next() throws IOException {
                CustomerProfile next = super.next();
                return next == null || at != 3 ? next : profile(next.id(), "B@shop.example", 1);
              }
            });
    flaw(
        "what_is_no_position_is_refused_with_advice",
        new Shelf() {
          @Override
          public ProfileReader openAt(Segment segment, String position) {
            return reader(position.matches("\\d+") ? Integer.parseInt(position) : 0);
          }
        });
  }

  private static void flaw(String caughtBy, Readers readers) {
    flaw(caughtBy, with(readers));
  }

  private static void flaw(String caughtBy, PositionedSource source) {
    FLAWED.computeIfAbsent(caughtBy, none -> new ArrayList<>()).add(source);
  }

  private static final class ClosingAll extends Shelf {
    private int closings;

    @Override
    ProfileReader reader(int begin) {
      int before = closings;
      return new Row(begin) {
        @Override
        public @Nullable CustomerProfile next() throws IOException {
          if (closings != before) {
            throw new IOException("closed");
          }
          return super.next();
        }

        @Override
        public void close() {
          closings++;
        }
      };
    }
  }

  static Stream<String> flaws() {
    return FLAWED.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void a_flawed_source_is_caught(String by) {
    for (PositionedSource flawed : FLAWED.getOrDefault(by, List.of())) {
      onTrial = flawed;

      Trials.isCaught(Trial.class, by);
    }
  }

  @Test
  void a_source_without_a_flaw_passes_and_every_test_has_a_flaw_it_catches() {
    onTrial = new Shelf();

    Trials.passes(Trial.class, FLAWED.keySet());
  }
}
