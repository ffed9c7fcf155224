package example.shop.lakehouse;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import java.util.Iterator;
import java.util.Optional;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of Spark, one after the other, as customer profiles. */
final class RowReader implements ProfileReader {
  private final FieldNames fields;
  private final int id;
  private final Iterator<Row> rows;

  RowReader(String[] columns, String idColumn, Iterator<Row> rows) {
    this.fields = FieldNames.of(columns);
    this.id = fields.indexOf(idColumn);
    this.rows = rows;
  }

  @Override
  public CustomerProfile next() {
    return rows.hasNext() ? customer(rows.next()) : null;
  }

  private CustomerProfile customer(Row row) {
    Object[] values = new Object[row.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = inJava(row.get(i));
    }
    return CustomerProfile.of(String.valueOf(values[id]), fields, values);
  }

  /** Returns a list or map of Scala's as one of Java's, and any other value as it is. */
  private static Object inJava(Object value) {
    if (value instanceof scala.collection.Map<?, ?> map) {
      return CollectionConverters.asJava(map);
    }
    return value instanceof scala.collection.Iterable<?> list
        ? CollectionConverters.asJava(list)
        : value;
  }

  @Override
  public Optional<FieldNames> fields() {
    return Optional.of(fields);
  }
}
