package io.github.klaviyoexport.source;

import io.github.klaviyoexport.internal.insights.InsightsReader;
import io.github.klaviyoexport.internal.insights.Organization;
import io.github.klaviyoexport.internal.insights.Tables;
import io.github.klaviyoexport.internal.insights.WebApi;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.profile.MappedField;
import io.github.klaviyoexport.profile.ProfileField;
import io.github.klaviyoexport.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A source of the segments of unified profiles in Dynamics 365 Customer Insights - Data, which it
 * reads through the Web API of the Dataverse environment that they are written to.
 *
 * {@snippet class="io.github.klaviyoexport.source.CustomerInsightsExamplesTest" region="insights"}
 *
 * <p>A segment is called as its output table is, such as {@code Vip_customers}. One that no
 * customer is in cannot be told from one that is not there, and is refused. Customers are called by
 * their {@code msdynci_customerid}.
 *
 * <p><b>Calls.</b> Who is in the segment is read first, 5,000 a call. Then profiles are read by
 * their ids, 100 a call, or all profiles, 5,000 a call, whichever takes fewer calls. So 1,000,000
 * customers of 5,000,000 take some 1,200 calls. Only the columns that are asked for travel. One
 * call is made at a time, and Dataverse's service protection limits (6,000 calls and 1,200 seconds
 * of work in five minutes, 52 calls at once) are kept by waiting as it says.
 *
 * <p><b>Memory.</b> A page, and 20 to 28 bytes for each customer of the segment.
 *
 * <p><b>Errors.</b> A refused token, a missing column or table, a page that is too large and a
 * service that fails eight times in a row stop the export with an {@link IOException} that says
 * what to do and holds no value. A customer of the segment without a profile is set aside.
 *
 * <p>Reading changes nothing. Instances are immutable and safe for use by many threads; every
 * method returns a new one. The rules are those of Microsoft's documentation of Customer Insights'
 * tables in Dataverse, of paging in its Web API, and of its service protection limits.
 */
public final class CustomerInsightsSource implements ListingSource {
  private static final int MAX_PAGE = 5_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private final URI organization;
  private final Supplier<String> token;
  private final Set<String> columns;
  private final int pageSize;
  private final @Nullable HttpClient client;
  private final TimeSource time;

  private CustomerInsightsSource(
      URI organization,
      Supplier<String> token,
      Set<String> columns,
      int pageSize,
      @Nullable HttpClient client,
      TimeSource time) {
    this.organization = organization;
    this.token = token;
    this.columns = columns;
    this.pageSize = pageSize;
    this.client = client;
    this.time = time;
  }

  /**
   * Creates a source that reads the columns of the {@linkplain #usualMapping() usual mapping}.
   *
   * @param organization the environment's URL, such as {@code https://contoso.crm.dynamics.com}
   * @param token gives an access token each time one is needed: an {@link EntraToken}, or the
   *     host's own
   * @throws IllegalArgumentException if the URL is not https or names more than a host; plain http
   *     is taken on this machine only
   */
  public static CustomerInsightsSource of(URI organization, Supplier<String> token) {
    Objects.requireNonNull(token, "token");
    return new CustomerInsightsSource(
            Organization.checked(organization),
            token,
            Set.of(),
            MAX_PAGE,
            null,
            TimeSource.system())
        .columns(usualMapping());
  }

  /**
   * Returns a mapping of the columns that unified profiles have if their fields were mapped to the
   * usual types: email address, name, mobile phone, address and, as external id, the customer's id.
   * Environments name columns as they were unified, so compare it with yours.
   */
  public static FieldMapping usualMapping() {
    return FieldMapping.email("msdynci_emailaddress1")
        .firstName("msdynci_firstname")
        .lastName("msdynci_lastname")
        .phone("msdynci_mobilephone")
        .externalId(Tables.CUSTOMER)
        .map(ProfileField.ADDRESS1, "msdynci_address1_line1")
        .city("msdynci_address1_city")
        .zip("msdynci_address1_postalcode")
        .region("msdynci_address1_stateorprovince")
        .country("msdynci_address1_country");
  }

  /**
   * Sets the columns to those that a mapping names, and no other: what it computes, and takes as
   * {@linkplain FieldMapping#allOthers all others}, needs {@link #columns(String...)}.
   */
  public CustomerInsightsSource columns(FieldMapping mapping) {
    return columns(
        mapping.fields().stream()
            .filter(MappedField::isFromField)
            .flatMap(line -> Stream.of(line.source(), line.phoneRegionField()))
            .filter(Objects::nonNull)
            .toArray(String[]::new));
  }

  /**
   * Sets the columns of the unified profile that are read, by their logical names; the customer's
   * id always is.
   *
   * @throws IllegalArgumentException if one is no such name
   */
  public CustomerInsightsSource columns(String... columns) {
    for (String column : columns) {
      if (!column.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
        throw new IllegalArgumentException(
            "'"
                + column
                + "' is no logical name of a column: use letters, digits and _, such as"
                + " msdynci_firstname.");
      }
    }
    Set<String> all = new LinkedHashSet<>(List.of(Tables.CUSTOMER));
    all.addAll(Arrays.asList(columns));
    return new CustomerInsightsSource(organization, token, all, pageSize, client, time);
  }

  /**
   * Sets how many rows a call gives: 5,000 by default, the most that Dataverse allows. Fewer help
   * where profiles are large.
   *
   * @throws IllegalArgumentException if it is not from 1 to 5,000
   */
  public CustomerInsightsSource pageSize(int rows) {
    if (rows < 1 || rows > MAX_PAGE) {
      throw new IllegalArgumentException(
          "A page of Dataverse's has 1 to 5,000 rows, not " + rows + ".");
    }
    return new CustomerInsightsSource(organization, token, columns, rows, client, time);
  }

  /** Sets the HTTP client, which stays the caller's; by default each reader has one. */
  public CustomerInsightsSource httpClient(HttpClient client) {
    Objects.requireNonNull(client, "client");
    return new CustomerInsightsSource(organization, token, columns, pageSize, client, time);
  }

  /** Sets the clock by which throttling is waited out: the machine's by default. */
  public CustomerInsightsSource time(TimeSource time) {
    Objects.requireNonNull(time, "time");
    return new CustomerInsightsSource(organization, token, columns, pageSize, client, time);
  }

  @Override
  public ProfileReader open(Segment segment) throws IOException {
    return InsightsReader.open(tables(), segment.name(), FieldNames.of(new ArrayList<>(columns)));
  }

  /**
   * Returns the segments that customers are in, with their sizes. Dataverse has no list of them, so
   * all memberships are read, 5,000 customers a call.
   */
  @Override
  public List<AvailableSegment> segments() throws IOException {
    return tables().segments().entrySet().stream()
        .map(
            segment ->
                new AvailableSegment(
                    Segment.named(segment.getKey()), OptionalLong.of(segment.getValue())))
        .toList();
  }

  private Tables tables() {
    Supplier<String> another = token instanceof EntraToken entra ? entra::another : token;
    HttpClient http =
        client != null
            ? client
            : HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    return new Tables(new WebApi(organization, token, another, http, time), pageSize);
  }

  /** Returns the environment's host. */
  @Override
  public String toString() {
    return "CustomerInsightsSource[" + organization.getHost() + "]";
  }
}
