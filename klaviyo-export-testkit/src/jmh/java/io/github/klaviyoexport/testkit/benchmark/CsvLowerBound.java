package io.github.klaviyoexport.testkit.benchmark;

import com.fasterxml.jackson.core.JsonGenerator;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** The bare loop over the records of a CSV file, as FastCSV reads them. */
final class CsvLowerBound extends BareLoop {
  private final Iterator<CsvRecord> records;
  private @Nullable CsvRecord record;

  private CsvLowerBound(URI baseUrl, Iterator<CsvRecord> records) {
    super(baseUrl);
    this.records = records;
  }

  /** Arguments: base URL, how many profiles, the file. */
  public static void main(String[] args) throws Exception {
    try (CsvReader<CsvRecord> csv = CsvReader.builder().ofCsvRecord(Path.of(args[2]))) {
      Iterator<CsvRecord> records = csv.iterator();
      records.next(); // The header.
      new CsvLowerBound(URI.create(args[0]), records).export();
    }
    Figures.print(Integer.parseInt(args[1]));
  }

  @Override
  boolean next() {
    record = records.hasNext() ? records.next() : null;
    return record != null;
  }

  @Override
  void write(JsonGenerator json) throws IOException {
    CsvRecord record = this.record;
    json.writeStringField("email", record.getField(1));
    json.writeStringField("phone_number", record.getField(4));
    json.writeStringField("external_id", record.getField(0));
    json.writeStringField("first_name", record.getField(2));
    json.writeStringField("last_name", record.getField(3));
    json.writeObjectFieldStart("location");
    json.writeStringField("city", record.getField(5));
    json.writeStringField("country", record.getField(6));
    json.writeEndObject();
    json.writeObjectFieldStart("properties");
    json.writeStringField("Lifetime value", record.getField(7));
    json.writeStringField("Orders", record.getField(8));
    json.writeStringField("Loyalty member", record.getField(9));
    json.writeStringField("Last order", record.getField(10));
    json.writeStringField("Note", record.getField(11));
    json.writeEndObject();
  }
}
