package io.github.klaviyoexport.internal.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.ExportReport;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.Rejection;
import io.github.klaviyoexport.profile.Rejection.Reason;
import io.github.klaviyoexport.profile.Rejection.Scope;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A value that throws something when it is read costs its field, or its row, and never the run. */
class ThrowingValueTest {
  private final Lab lab = new Lab();

  private static final Map<String, Function<Throwable, Object>> VALUES = new LinkedHashMap<>();

  static {
    VALUES.put("a text", ThrowingValueTest::text);
    VALUES.put("a list", ThrowingValueTest::list);
    VALUES.put("a list in a list", thrown -> List.of(1, list(thrown)));
    VALUES.put("an iterable", ThrowingValueTest::iterable);
    VALUES.put("a map", ThrowingValueTest::map);
    VALUES.put("a value in a map", thrown -> Map.of("inner", text(thrown)));
    VALUES.put("a key", thrown -> Map.of(text(thrown), 1));
    VALUES.put("a number", ThrowingValueTest::number);
    VALUES.put("a holder", ThrowingValueTest::holder);
    VALUES.put("a holder of a text", thrown -> new AtomicReference<>(text(thrown)));
  }

  static Stream<Arguments> values_and_what_they_throw() {
    return VALUES.keySet().stream()
        .flatMap(
            value -> Thrown.KINDS.keySet().stream().map(thrown -> Arguments.of(value, thrown)));
  }

  @ParameterizedTest
  @MethodSource("values_and_what_they_throw")
  void costs_its_field(String kind, String thrown) {
    Object value = VALUES.get(kind).apply(Thrown.KINDS.get(thrown).get());
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(4));
    customers.add(2, CustomerProfile.of("c-x", Lab.FIELDS, Lab.email(9), null, "Rome", value));

    ExportReport report = lab.export(customers);

    assertThat(report.profiles().accepted()).isEqualTo(5);
    assertThat(lab.rejections).hasSize(1);
    assertUnreadable(lab.rejections.get(0), Scope.FIELD, "LTV");
  }

  @ParameterizedTest
  @MethodSource("values_and_what_they_throw")
  void costs_its_row_where_it_is_the_email_address(String kind, String thrown) {
    Object value = VALUES.get(kind).apply(Thrown.KINDS.get(thrown).get());
    List<CustomerProfile> customers = new ArrayList<>(Lab.customers(4));
    customers.add(2, CustomerProfile.of("c-x", Lab.FIELDS, value, null, "Rome", 1));

    ExportReport report = lab.export(customers);

    assertThat(report.profiles().accepted()).isEqualTo(4);
    assertThat(report.profiles().rejected()).isEqualTo(1);
    if (lab.rejections.get(0).reason() != Reason.EMAIL_MALFORMED) {
      assertUnreadable(lab.rejections.get(0), Scope.PROFILE, "Email");
    }
  }

  private static void assertUnreadable(Rejection rejection, Scope scope, String field) {
    assertThat(rejection.reason()).isEqualTo(Reason.UNREADABLE_IN_SOURCE);
    assertThat(rejection.scope()).isEqualTo(scope);
    assertThat(rejection.customerId()).isEqualTo("c-x");
    assertThat(rejection.field()).isEqualTo(field);
    assertThat(rejection.code())
        .contains(" threw ", " when it was read")
        .doesNotContain(Thrown.QUOTED);
  }

  private static CharSequence text(Throwable thrown) {
    return new CharSequence() {
      @Override
      public int length() {
        throw Thrown.sneaky(thrown);
      }

      @Override
      public char charAt(int index) {
        throw Thrown.sneaky(thrown);
      }

      @Override
      public CharSequence subSequence(int start, int end) {
        throw Thrown.sneaky(thrown);
      }

      @Override
      public String toString() {
        throw Thrown.sneaky(thrown);
      }
    };
  }

  private static List<Object> list(Throwable thrown) {
    return new AbstractList<>() {
      @Override
      public Object get(int index) {
        throw Thrown.sneaky(thrown);
      }

      @Override
      public int size() {
        return 1;
      }
    };
  }

  private static Iterable<Object> iterable(Throwable thrown) {
    return () -> {
      throw Thrown.sneaky(thrown);
    };
  }

  private static Map<String, Object> map(Throwable thrown) {
    return new AbstractMap<>() {
      @Override
      public Set<Entry<String, Object>> entrySet() {
        throw Thrown.sneaky(thrown);
      }
    };
  }

  private static Number number(Throwable thrown) {
    AtomicInteger number =
        new AtomicInteger(1) {
          @Override
          public long longValue() {
            throw Thrown.sneaky(thrown);
          }

          @Override
          public String toString() {
            throw Thrown.sneaky(thrown);
          }
        };
    return number;
  }

  private static Object holder(Throwable thrown) {
    return new java.util.concurrent.atomic.LongAdder() {
      private final AtomicLong read = new AtomicLong();

      @Override
      public long longValue() {
        read.incrementAndGet();
        throw Thrown.sneaky(thrown);
      }
    };
  }
}
