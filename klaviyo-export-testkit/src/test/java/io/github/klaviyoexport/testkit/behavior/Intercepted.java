package io.github.klaviyoexport.testkit.behavior;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Parts of a host application that fail before they do what they are asked for. */
final class Intercepted {
  /** What comes before each call. */
  interface Before {
    /** Returns if the call is to be made; what it throws is thrown in its place. */
    void call(Method method, Object[] arguments) throws Throwable;
  }

  /** What comes before each call, whatever it is asked. */
  interface BeforeAny {
    /** Returns if the call is to be made; what it throws is thrown in its place. */
    void call(Method method) throws Throwable;
  }

  private Intercepted() {}

  /** Returns a part that does what another does, after something of the test's own. */
  static <T> T part(Class<T> type, T does, BeforeAny before) {
    return part(type, does, (method, arguments) -> before.call(method));
  }

  /** Returns a part that does what another does, after something of the test's own. */
  static <T> T part(Class<T> type, T does, Before before) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              before.call(method, arguments);
              try {
                return method.invoke(does, arguments);
              } catch (InvocationTargetException failure) {
                throw failure.getCause();
              }
            }));
  }
}
