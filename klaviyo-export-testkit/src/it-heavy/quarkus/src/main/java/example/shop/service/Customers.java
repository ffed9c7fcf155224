package example.shop.service;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/** The shop's customers; a real shop asks its database. */
@Singleton
class Customers implements ProfileSource {
  @Override
  public ProfileReader open(Segment segment) {
    return ProfileReader.of(
        List.of(
            CustomerProfile.of(
                "c-17", Map.of("email", "ada@shop.example", "name", "Ada", "points", 120)),
            CustomerProfile.of("c-18", Map.of("email", "bo at shop.example", "name", "Bo"))));
  }
}
