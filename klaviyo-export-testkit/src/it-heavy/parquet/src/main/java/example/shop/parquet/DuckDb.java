package example.shop.parquet;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * DuckDB in this process, without a file of its own: a database that reads Parquet files, and that
 * hands rows over as they are asked for.
 */
final class DuckDb implements DataSource {
  private final Properties properties = new Properties();

  DuckDb(String memoryLimit) {
    properties.setProperty("jdbc_stream_results", "true");
    properties.setProperty("memory_limit", memoryLimit);
  }

  @Override
  public Connection getConnection() throws SQLException {
    return DriverManager.getConnection("jdbc:duckdb:", properties);
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("It wraps nothing.");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
