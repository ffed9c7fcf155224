package io.github.klaviyoexport.internal.springboot;

import javax.sql.DataSource;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
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
    DataSource database;
    try {
      database = databases.getIfAvailable();
    } catch (NoUniqueBeanDefinitionException several) {
      throw new UnfitPropertyException(
          property,
          "needs a database, and the application has several DataSource beans, of which none is the"
              + " primary one: "
              + MissingBeanFailureAnalyzer.names(several)
              + ".",
          "Mark one of them as @Primary, or define the bean that klaviyo.export."
              + property
              + " would make yourself.");
    }
    if (database == null) {
      throw new UnfitPropertyException(
          property,
          "needs a database, and the application has no DataSource bean.",
          "Set spring.datasource.url, or remove klaviyo.export." + property + ".");
    }
    return database;
  }
}
