package io.github.klaviyoexport.internal.springboot;

import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;

/** The application's database, where a property asks for it. */
final class Database {
  private Database() {}

  /**
   * Returns the application's database.
   *
   * @param property which asks for it
   * @throws UnfitPropertyException if there is none, or more than one
   */
  static DataSource of(String property, ObjectProvider<DataSource> databases) {
    DataSource database = databases.getIfUnique();
    if (database == null) {
      long found = databases.stream().count();
      throw new UnfitPropertyException(
          property,
          found == 0
              ? "needs a database, and the application has no DataSource bean."
              : "needs a database, and the application has "
                  + found
                  + " DataSource beans of which none is the primary one.",
          found == 0
              ? "Set spring.datasource.url, or remove klaviyo.export." + property + "."
              : "Mark one of them as @Primary, or define the bean that "
                  + "klaviyo.export."
                  + property
                  + " would make yourself.");
    }
    return database;
  }
}
