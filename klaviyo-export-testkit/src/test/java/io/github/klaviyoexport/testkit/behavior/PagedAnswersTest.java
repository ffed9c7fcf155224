package io.github.klaviyoexport.testkit.behavior;

import static io.github.klaviyoexport.testkit.behavior.Office.ADMINISTRATOR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.ExportException;
import io.github.klaviyoexport.ExportException.Reason;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.KlaviyoRequest;
import io.github.klaviyoexport.klaviyo.KlaviyoResponse;
import io.github.klaviyoexport.klaviyo.KlaviyoTransport;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListRef;
import io.github.klaviyoexport.profile.CustomerIdentifier;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.Segment;
import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.InMemorySegments;
import io.github.klaviyoexport.testkit.Operation;
import io.github.klaviyoexport.testkit.VirtualTime;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Klaviyo's listings are read to their last page, wherever that is, and no further. */
@Timeout(60)
class PagedAnswersTest {
  private static final Segment SEGMENT = Segment.named("vip-eu");
  private static final String KLAVIYO = "https://a.klaviyo.com";
  private static final String LISTS = "/api/lists";
  private static final String PROFILES = "/api/profiles";

  /** Stands in the address of a page that follows an empty one. */
  private static final String BEHIND_EMPTY = "&behind=empty";

  private final VirtualTime time = VirtualTime.create();
  private final FakeKlaviyo klaviyo =
      FakeKlaviyo.builder().time(time).quota(false).membersShowAfter(Duration.ofDays(1)).start();
  private final ListId list = klaviyo.listId();

  @AfterEach
  void close() {
    klaviyo.close();
  }

  private static CustomerProfile customer(int number) {
    return CustomerProfile.of(
        "c-" + number, Map.of("Email", "c." + number + "@shop.example", "Id", "x-" + number));
  }

  private SegmentExporter exporter(KlaviyoConnection connection, int customers) {
    return SegmentExporter.builder()
        .source(
            InMemorySegments.of(
                SEGMENT.name(),
                IntStream.range(0, customers)
                    .mapToObj(PagedAnswersTest::customer)
                    .toArray(CustomerProfile[]::new)))
        .klaviyo(connection)
        .mapping(FieldMapping.email("Email").externalId("Id"))
        .time(time)
        .build();
  }

  private static CompletableFuture<KlaviyoResponse> emptyPage(String next) {
    String body = "{\"data\":[],\"links\":{\"next\":\"" + next + "\"}}";
    return CompletableFuture.completedFuture(
        KlaviyoResponse.of(
            200,
            Map.of("Content-Type", List.of("application/vnd.api+json")),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  /** Puts an empty page before the first of the listings at that path. */
  private static KlaviyoTransport emptyFirst(FakeKlaviyo klaviyo, String path) {
    return request -> {
      String uri = request.uri().toString();
      if (uri.endsWith(BEHIND_EMPTY)) {
        String there = uri.substring(0, uri.length() - BEHIND_EMPTY.length());
        return klaviyo.transport().send(to(there, request));
      }
      return isListing(request, path)
          ? emptyPage(uri + BEHIND_EMPTY)
          : klaviyo.transport().send(request);
    };
  }

  private static boolean isListing(KlaviyoRequest request, String path) {
    return request.method().equals("GET") && request.uri().getPath().equals(path);
  }

  private static KlaviyoRequest to(String uri, KlaviyoRequest request) {
    return KlaviyoRequest.of(request.method(), URI.create(uri), request.headers(), request.body());
  }

  @Test
  void a_profile_behind_an_empty_page_is_erased() {
    KlaviyoConnection paged = klaviyo.connection().transport(emptyFirst(klaviyo, PROFILES));
    try (SegmentExporter exporter = exporter(paged, 3)) {
      exporter.export(SEGMENT, list);

      ErasureReceipt receipt = exporter.erase(CustomerIdentifier.externalId("x-1"));
      time.advance(Duration.ofHours(1));

      assertThat(receipt.answers()).containsValue(ErasureReceipt.Answer.REQUESTED);
      assertThat(klaviyo.requests(Operation.REQUEST_PROFILE_DELETION)).hasSize(1);
      assertThat(klaviyo.profile("c.1@shop.example")).isEmpty();
    }
  }

  @Test
  void a_list_of_a_name_behind_an_empty_page_is_found_by_exports_and_the_catalog() {
    try (Office office = new Office();
        Catalog catalog =
            office
                .catalog()
                .klaviyo(to -> to.transport(emptyFirst(office.klaviyo, LISTS)))
                .build();
        SegmentExporter exporter =
            exporter(office.klaviyo.connection().transport(emptyFirst(office.klaviyo, LISTS)), 1)) {
      Connection connection = Office.connected(catalog);

      SavedExport saved =
          catalog.save(ADMINISTRATOR, Office.exportOn(connection).listNamed("Newsletter"));

      assertThat(saved.list()).isEqualTo(ListId.of("QwErTy"));
      assertThat(exporter.export(SEGMENT, ListRef.named("Newsletter")).list())
          .isEqualTo(saved.list());
    }
  }

  @Test
  void look_ups_of_profiles_whose_pages_lead_in_a_circle_stop_a_verification_soon() {
    stopsSoon(PROFILES, exporter -> exporter.verify(SEGMENT, list));
  }

  @Test
  void look_ups_of_members_whose_pages_lead_in_a_circle_stop_a_reconciliation_soon() {
    stopsSoon(
        LISTS + "/" + list.value() + "/profiles",
        exporter -> exporter.prepare(SEGMENT, list).reconcile().run());
  }

  private void stopsSoon(String path, Consumer<SegmentExporter> action) {
    AtomicInteger asked = new AtomicInteger();
    KlaviyoTransport circle =
        request -> {
          boolean isLookUp =
              isListing(request, path) && request.uri().getQuery().contains("any(email");
          if (!isLookUp) {
            return klaviyo.transport().send(request);
          }
          asked.incrementAndGet();
          return emptyPage(request.uri().toString());
        };
    try (SegmentExporter exporter = exporter(klaviyo.connection().transport(circle), 3)) {
      ExportException stopped =
          catchThrowableOfType(ExportException.class, () -> action.accept(exporter));

      assertThat(stopped.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(stopped.getCause()).hasMessageContaining("lead in a circle");
      assertThat(asked).hasValueBetween(1, 5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://gateway.shop.example", "https://a.klaviyo.com:443"})
  void klaviyos_own_links_are_followed_at_the_server_that_is_called(String server) {
    KlaviyoTransport gateway =
        request -> {
          assertThat(request.uri().toString()).startsWith(server + "/");
          return klaviyo
              .transport()
              .send(to(request.uri().toString().replace(server, KLAVIYO), request));
        };
    KlaviyoConnection through = klaviyo.connection().baseUrl(URI.create(server)).transport(gateway);
    try (SegmentExporter exporter = exporter(through, 250)) {
      exporter.export(SEGMENT, list);
      time.advance(Duration.ofDays(2));

      assertThat(exporter.verify(SEGMENT, list).isEqual()).isTrue();
      assertThat(klaviyo.requests(Operation.GET_PROFILES_FOR_LIST)).hasSizeGreaterThan(2);
    }
  }
}
