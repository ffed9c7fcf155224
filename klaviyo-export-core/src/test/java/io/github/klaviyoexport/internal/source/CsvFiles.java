package io.github.klaviyoexport.internal.source;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.CsvSource;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.Segment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;

/** CSV files in a directory of the test, and all customers that are read from one. */
public abstract class CsvFiles {
  protected static final Segment VIP = Segment.named("vip");
  static final CsvFormat UTF_8 = CsvFormat.of(',', StandardCharsets.UTF_8);

  static final SourceFile CUSTOMERS = new SourceFile(Path.of("customers.csv"), "");

  @TempDir protected Path directory;

  protected Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("customers.csv"), text);
  }

  protected static List<CustomerProfile> read(Path file) throws IOException {
    return read(CsvSource.of(file));
  }

  protected static List<CustomerProfile> read(CsvSource source) throws IOException {
    return read(source.open(VIP));
  }

  protected static List<CustomerProfile> read(ProfileReader reader) throws IOException {
    try (reader) {
      List<CustomerProfile> customers = new ArrayList<>();
      CustomerProfile next = reader.next();
      while (next != null) {
        customers.add(next);
        next = reader.next();
      }
      return customers;
    }
  }

  static byte[] packed(String text) throws IOException {
    return packed(text.getBytes(StandardCharsets.UTF_8));
  }

  protected static byte[] packed(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    }
    return packed.toByteArray();
  }

  static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Counts what is read and notes that it is closed. */
  static final class CountingInputStream extends FilterInputStream {
    long count;
    boolean closed;

    CountingInputStream(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count += Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      closed = true;
      super.close();
    }
  }
}
