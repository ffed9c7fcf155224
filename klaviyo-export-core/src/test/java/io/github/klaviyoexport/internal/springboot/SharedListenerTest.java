package io.github.klaviyoexport.internal.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.ExportListener;
import io.github.klaviyoexport.internal.record.Listeners;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A listener bean is the application's to close, and a catalog would close it after a run. */
class SharedListenerTest {
  private static final class Meter implements ExportListener, AutoCloseable {
    private Duration paced = Duration.ZERO;

    @Override
    public void paced(Duration wait) {
      paced = paced.plus(wait);
    }

    @Override
    public void warned(String what) {
      throw new IllegalStateException(what);
    }

    @Override
    public void close() {}
  }

  @Test
  void what_can_be_closed_hears_everything_and_cannot_be_closed() {
    Meter meter = new Meter();
    ExportListener shared = SharedListener.of(meter);

    shared.paced(Duration.ofSeconds(3));

    assertThat(meter.paced).isEqualTo(Duration.ofSeconds(3));
    assertThat(shared).isNotInstanceOf(AutoCloseable.class);
    assertThatThrownBy(() -> shared.warned("of something"))
        .isInstanceOf(IllegalStateException.class);
  }

  /** What a listener that can be closed hears, with and without outcomes. */
  private interface Closing extends ExportListener, AutoCloseable {
    @Override
    void close();
  }

  @Test
  void every_method_of_a_listener_reaches_the_bean() throws ReflectiveOperationException {
    List<String> heard = new ArrayList<>();
    ExportListener bean =
        (ExportListener)
            Proxy.newProxyInstance(
                Closing.class.getClassLoader(),
                new Class<?>[] {Closing.class},
                (proxy, method, arguments) -> {
                  heard.add(method.getName());
                  return null;
                });
    ExportListener shared = SharedListener.of(bean);
    List<String> told = new ArrayList<>();
    for (Method method : ExportListener.class.getDeclaredMethods()) {
      if (Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())) {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
          Class<?> type = method.getParameterTypes()[i];
          arguments[i] = type == int.class ? (Object) 1 : type == long.class ? (Object) 1L : null;
        }
        method.invoke(shared, arguments);
        told.add(method.getName());
      }
    }

    assertThat(told).hasSizeGreaterThan(15).contains("outcome", "finished");
    assertThat(heard).containsExactlyElementsOf(told);
  }

  @Test
  void a_bean_without_interest_in_outcomes_is_not_asked_for_them() {
    assertThat(Listeners.hearsOutcomes(SharedListener.of(new Meter()))).isFalse();
  }

  @Test
  void what_cannot_be_closed_is_told_itself() {
    ExportListener listener = new ExportListener() {};

    assertThat(SharedListener.of(listener)).isSameAs(listener);
  }
}
