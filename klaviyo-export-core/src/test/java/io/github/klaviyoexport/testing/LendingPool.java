package io.github.klaviyoexport.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A pool of connections that notices what is not given back, or not as it was lent: connections are
 * kept and lent again, with whatever they have been left with.
 */
public final class LendingPool {
  private final DataSource database;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final AtomicInteger lent = new AtomicInteger();
  private final AtomicInteger times = new AtomicInteger();
  private volatile boolean ignoresCancel;

  public LendingPool(DataSource database) {
    this.database = database;
  }

  /** How many connections are out. */
  public int lent() {
    return lent.get();
  }

  /** Has statements of connections that are lent from now on not heed that they are cancelled. */
  public void ignoresCancel() {
    ignoresCancel = true;
  }

  /** How often one was asked for. */
  public int times() {
    return times.get();
  }

  /** A connection that is not out, or a new one, as it is. */
  public synchronized Connection take() throws SQLException {
    Connection kept = idle.poll();
    return kept == null ? database.getConnection() : kept;
  }

  public synchronized void putBack(Connection connection) {
    idle.push(connection);
  }

  public DataSource dataSource() {
    return (DataSource)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> lend());
  }

  private Connection lend() throws SQLException {
    Connection connection = take();
    lent.incrementAndGet();
    times.incrementAndGet();
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("close")) {
                lent.decrementAndGet();
                putBack(connection);
                return null;
              }
              Object result = invoke(connection, method, arguments);
              return ignoresCancel && result instanceof PreparedStatement statement
                  ? ignoringCancel(statement)
                  : result;
            });
  }

  private static Object ignoringCancel(PreparedStatement statement) {
    return Proxy.newProxyInstance(
        LendingPool.class.getClassLoader(),
        new Class<?>[] {PreparedStatement.class},
        (proxy, method, arguments) ->
            method.getName().equals("cancel") ? null : invoke(statement, method, arguments));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getCause();
    }
  }
}
