package io.github.klaviyoexport.internal.source.jdbc;

import java.sql.Types;
import java.util.Locale;

/** What the values of a column mean, and so how they are to be asked for. */
enum SqlType {
  /** Taken as the driver gives it, if that is a type of Java's; else as text. */
  PLAIN,
  TEXT,
  /** Text that may be long. */
  LONG_TEXT,
  BIT,
  YEAR,
  DATE,
  TIME,
  TIME_WITH_ZONE,
  LOCAL_DATE_TIME,
  DATE_TIME_WITH_ZONE,
  /** A point in time that the driver computes from the session's zone. */
  POINT_IN_TIME,
  ARRAY,
  JSON,
  XML,
  /** Bytes, which have no one form in JSON. */
  BYTES;

  private static final int SQL_SERVER_DATETIMEOFFSET = -155;
  private static final int ORACLE_TIMESTAMP_WITH_ZONE = -101;
  private static final int ORACLE_TIMESTAMP_WITH_LOCAL_ZONE = -102;

  /**
   * Returns the type of a column.
   *
   * @param jdbcType a constant of {@link Types} or of the driver's own
   * @param typeName what the database calls it
   * @param precision how many digits or characters it has
   */
  static SqlType of(int jdbcType, String typeName, int precision, Dialect dialect) {
    String name = typeName.toLowerCase(Locale.ROOT);
    // The names first: drivers have no number for these, or one of a type that means less.
    switch (name) {
      case "json", "jsonb" -> {
        return JSON;
      }
      case "uuid" -> {
        return PLAIN;
      }
      case "timestamptz" -> {
        return DATE_TIME_WITH_ZONE;
      }
      case "timetz" -> {
        return TIME_WITH_ZONE;
      }
      case "year" -> {
        return YEAR;
      }
      case "money" -> {
        // PostgreSQL's has the currency and the decimal comma of the server's locale.
        return dialect.isPostgres() ? TEXT : PLAIN;
      }
      case "bit", "varbit" -> {
        if (dialect.isPostgres()) {
          return precision == 1 ? BIT : TEXT;
        }
      }
      default -> {
        if (name.startsWith("interval")) {
          return TEXT;
        }
      }
    }
    return switch (jdbcType) {
      case Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR ->
          TEXT;
      case Types.CLOB, Types.NCLOB -> LONG_TEXT;
      case Types.DATE -> DATE;
      case Types.TIME -> TIME;
      case Types.TIME_WITH_TIMEZONE -> TIME_WITH_ZONE;
      case Types.TIMESTAMP ->
          name.equals("timestamp") && dialect.timestampsArePointsInTime()
              ? POINT_IN_TIME
              : LOCAL_DATE_TIME;
      case Types.TIMESTAMP_WITH_TIMEZONE,
          SQL_SERVER_DATETIMEOFFSET,
          ORACLE_TIMESTAMP_WITH_ZONE,
          ORACLE_TIMESTAMP_WITH_LOCAL_ZONE ->
          DATE_TIME_WITH_ZONE;
      case Types.ARRAY -> ARRAY;
      case Types.SQLXML -> XML;
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> BYTES;
      default -> PLAIN;
    };
  }
}
