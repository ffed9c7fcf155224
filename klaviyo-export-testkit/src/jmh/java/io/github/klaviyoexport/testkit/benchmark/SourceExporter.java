package io.github.klaviyoexport.testkit.benchmark;

import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.JdbcSource;
import io.github.klaviyoexport.source.ProfileSource;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The library at work on a source that it brings. */
final class SourceExporter {
  private SourceExporter() {}

  /** Arguments: base URL, how many profiles, which source, the file or database. */
  public static void main(String[] args) {
    Exporter.export(args[0], source(args[2], args[3]), Integer.parseInt(args[1]));
  }

  private static ProfileSource source(String name, String place) {
    return switch (name) {
      case "csv" -> CsvSource.of(Path.of(place)).idField("CustomerId");
      case "pages" -> database(place).orderedBy("CustomerId");
      default -> database(place);
    };
  }

  private static JdbcSource database(String url) {
    Connection kept = lasting(url);
    DataSource database = proxy(DataSource.class, (proxy, method, arguments) -> kept);
    return JdbcSource.of(database, "select * from customers").idColumn("CustomerId");
  }

  /** A connection that closing leaves open, as that of a pool. */
  private static Connection lasting(String url) {
    try {
      Connection connection = DriverManager.getConnection(url);
      return proxy(
          Connection.class,
          (proxy, method, arguments) ->
              method.getName().equals("close") ? null : method.invoke(connection, arguments));
    } catch (SQLException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            SourceExporter.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
