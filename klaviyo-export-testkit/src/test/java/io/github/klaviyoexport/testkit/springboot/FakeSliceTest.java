package io.github.klaviyoexport.testkit.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** A test that brings a part of the application only has exporter and account by one annotation. */
// @start region="slice"
@SpringJUnitConfig
@AutoConfigureFakeKlaviyo
class FakeSliceTest {
  @Autowired SegmentExporter exporter;
  @Autowired FakeKlaviyo klaviyo;

  @Test
  void members_are_on_the_list() {
    exporter.export(Segment.named("vip-eu"), klaviyo.listId());

    assertThat(klaviyo.list().emails()).containsExactly("ada@shop.example");
  }

  @Configuration(proxyBeanMethods = false)
  static class Loyalty {
    @Bean
    ProfileSource segments() {
      return InMemorySegments.of(
          "vip-eu", CustomerProfile.of("c-17", Map.of("email", "ada@shop.example")));
    }

    @Bean
    FieldMapping mapping() {
      return FieldMapping.email("email");
    }
  }
}
// @end
