package example.shop.three;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A small service on Spring Boot 3 that brings one segment onto a Klaviyo list. */
@SpringBootApplication
public class NewsletterService {
  /** Starts the service. */
  public static void main(String[] args) {
    SpringApplication.run(NewsletterService.class, args);
  }

  @Bean
  ProfileSource segments() {
    return segment ->
        ProfileReader.of(List.of(CustomerProfile.of("c-17", Map.of("email", "ada@shop.example"))));
  }

  @Bean
  FieldMapping mapping() {
    return FieldMapping.email("email");
  }

  /** What colleagues ask for over HTTP. */
  @RestController
  static class Exports {
    private final SegmentExporter exporter;

    Exports(SegmentExporter exporter) {
      this.exporter = exporter;
    }

    @PostMapping(path = "/export", produces = MediaType.APPLICATION_JSON_VALUE)
    String export() {
      return exporter.export(Segment.named("newsletter"), ListId.of("Y6nRLr")).toJson();
    }
  }
}
