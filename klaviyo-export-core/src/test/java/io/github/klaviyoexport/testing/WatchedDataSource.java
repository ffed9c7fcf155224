package io.github.klaviyoexport.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that sees what is done with its connections, and lets them break.
 *
 * <p>Breaking takes the names of methods of {@link DataSource} and {@link Connection}.
 */
public final class WatchedDataSource {
  private static final String LOST = "08006";

  private final DataSource target;
  private final AtomicInteger taken = new AtomicInteger();
  private final AtomicInteger returned = new AtomicInteger();
  private final AtomicInteger returnedChanged = new AtomicInteger();
  private volatile boolean autoCommit = true;
  private volatile @Nullable String greeting;
  private volatile @Nullable String breaksBefore;
  private volatile @Nullable String breaksAfter;
  private volatile String state = LOST;
  private volatile boolean once;

  private WatchedDataSource(DataSource target) {
    this.target = target;
  }

  /** Watches the connections of {@code target}. */
  public static WatchedDataSource of(DataSource target) {
    return new WatchedDataSource(target);
  }

  /** Hands out connections with auto-commit on or off. */
  public WatchedDataSource autoCommit(boolean on) {
    autoCommit = on;
    return this;
  }

  /** Runs a statement on each connection before it is handed out. */
  public WatchedDataSource greeting(String sql) {
    greeting = sql;
    return this;
  }

  /** Lets a method fail instead of doing its work, until {@link #repair()}. */
  public void breakBefore(String method) {
    breaksBefore = method;
  }

  /** Lets a method do its work and then fail, until {@link #repair()}. */
  public void breakAfter(String method) {
    breaksAfter = method;
  }

  /** Lets a method fail once, with that SQL state, instead of doing its work. */
  public void breakOnceBefore(String method, String sqlState) {
    state = sqlState;
    once = true;
    breaksBefore = method;
  }

  /** Lets everything work again. */
  public void repair() {
    once = false;
    state = LOST;
    breaksBefore = null;
    breaksAfter = null;
  }

  /** How many connections were taken so far. */
  public int taken() {
    return taken.get();
  }

  /** How many connections were taken and not given back. */
  public int open() {
    return taken.get() - returned.get();
  }

  /** How many connections came back with auto-commit other than when they were taken. */
  public int returnedChanged() {
    return returnedChanged.get();
  }

  /** The data source to hand to what is watched. */
  public DataSource dataSource() {
    return proxy(
        DataSource.class,
        (proxy, method, arguments) -> {
          Object result = call(target, method, arguments);
          return result instanceof Connection connection ? watched(connection) : result;
        });
  }

  private Connection watched(Connection connection) throws SQLException {
    taken.incrementAndGet();
    if (greeting != null) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(greeting);
      }
    }
    connection.setAutoCommit(autoCommit);
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          if (method.getName().equals("close") && !connection.isClosed()) {
            returned.incrementAndGet();
            if (connection.getAutoCommit() != autoCommit) {
              returnedChanged.incrementAndGet();
              connection.rollback();
            }
          }
          return call(connection, method, arguments);
        });
  }

  private @Nullable Object call(Object target, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals(breaksBefore)) {
      throw broken();
    }
    try {
      Object result = method.invoke(target, arguments);
      if (method.getName().equals(breaksAfter)) {
        throw broken();
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private SQLException broken() {
    SQLException failure = new SQLException("The connection was lost.", state);
    if (once) {
      repair();
    }
    return failure;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
