package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.ExportListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * A listener bean as a catalog may have it, which closes at the end of a run what can be closed.
 */
final class SharedListener {
  private SharedListener() {}

  /** Returns a listener that tells the bean everything, and that cannot be closed. */
  static ExportListener of(ExportListener bean) {
    if (!(bean instanceof AutoCloseable)) {
      return bean;
    }
    return (ExportListener)
        Proxy.newProxyInstance(
            ExportListener.class.getClassLoader(),
            new Class<?>[] {ExportListener.class},
            (proxy, method, arguments) -> {
              try {
                return method.invoke(bean, arguments);
              } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
              }
            });
  }
}
