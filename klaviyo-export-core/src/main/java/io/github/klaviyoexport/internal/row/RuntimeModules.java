package io.github.klaviyoexport.internal.row;

/** Which optional modules of the JDK the runtime has. */
final class RuntimeModules {
  /** Whether there is {@code java.sql}; {@link SqlValue} must not be touched if there is not. */
  static final boolean HAS_SQL = has("java.sql.Date");

  private RuntimeModules() {}

  private static boolean has(String type) {
    try {
      Class.forName(type, false, RuntimeModules.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError missing) {
      return false;
    }
  }
}
