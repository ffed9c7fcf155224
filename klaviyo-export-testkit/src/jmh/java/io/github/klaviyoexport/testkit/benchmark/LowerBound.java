package io.github.klaviyoexport.testkit.benchmark;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.klaviyoexport.profile.CustomerProfile;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The bare loop over customers that cost next to nothing to make. */
final class LowerBound extends BareLoop {
  private final BenchmarkProfiles profiles;
  private @Nullable CustomerProfile profile;

  LowerBound(URI baseUrl, BenchmarkProfiles profiles) {
    super(baseUrl);
    this.profiles = profiles;
  }

  /** Arguments: base URL, how many profiles. */
  public static void main(String[] args) throws Exception {
    int profiles = Integer.parseInt(args[1]);
    new LowerBound(URI.create(args[0]), new BenchmarkProfiles(profiles)).export();
    Figures.print(profiles);
  }

  @Override
  boolean next() {
    profile = profiles.next();
    return profile != null;
  }

  @Override
  void write(JsonGenerator json) throws IOException {
    CustomerProfile profile = this.profile;
    json.writeStringField("email", (String) profile.value(1));
    json.writeStringField("phone_number", (String) profile.value(4));
    json.writeStringField("external_id", (String) profile.value(0));
    json.writeStringField("first_name", (String) profile.value(2));
    json.writeStringField("last_name", (String) profile.value(3));
    json.writeObjectFieldStart("location");
    json.writeStringField("city", (String) profile.value(5));
    json.writeStringField("country", (String) profile.value(6));
    json.writeEndObject();
    json.writeObjectFieldStart("properties");
    json.writeNumberField("Lifetime value", (Double) profile.value(7));
    json.writeNumberField("Orders", (Integer) profile.value(8));
    json.writeBooleanField("Loyalty member", (Boolean) profile.value(9));
    json.writeStringField("Last order", String.valueOf(profile.value(10)));
    json.writeStringField("Note", (String) profile.value(11));
    json.writeEndObject();
  }
}
