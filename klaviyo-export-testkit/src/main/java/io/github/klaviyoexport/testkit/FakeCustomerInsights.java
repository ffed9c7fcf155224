package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.source.CustomerInsightsSource;
import io.github.klaviyoexport.source.EntraToken;
import io.github.klaviyoexport.testkit.internal.insights.InsightsServer;
import io.github.klaviyoexport.testkit.internal.insights.InsightsTables;
import io.github.klaviyoexport.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A Customer Insights environment on this machine, as far as a {@link CustomerInsightsSource} reads
 * it: Dataverse's Web API over HTTP, and the place where tokens for it are asked for.
 *
 * {@snippet class="io.github.klaviyoexport.testkit.FakeCustomerInsightsTest" region="fake"}
 *
 * <p>It pages as Dataverse does, gives rows in another order for each query, refuses unknown
 * columns and tokens, and keeps the limit of 6,000 requests in five minutes, by its clock. Safe for
 * use by many threads; close it when the test ends.
 */
public final class FakeCustomerInsights implements AutoCloseable {
  private static final String TENANT = "fake-tenant";
  private static final String CLIENT_ID = "fake-application";
  private static final String SECRET = "fake-secret";

  private final InsightsTables tables;
  private final InsightsServer server;
  private final TimeSource time;

  private FakeCustomerInsights(Builder builder) {
    this.time = builder.time;
    this.tables = new InsightsTables(builder.seed, builder.repeatEvery);
    this.server =
        new InsightsServer(
            tables,
            builder.port,
            CLIENT_ID,
            SECRET,
            builder.countsProfiles,
            builder.requestsPerFiveMinutes,
            time);
  }

  /** Starts an environment without customers. */
  public static FakeCustomerInsights start() {
    return builder().start();
  }

  /** Begins to describe an environment. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the URL of the environment. */
  public URI organization() {
    return server.url();
  }

  /** Returns the access token that is good now. */
  public String token() {
    return server.token();
  }

  /** Returns a supplier of tokens that asks this environment for them, as it would ask Entra. */
  public EntraToken entraToken() {
    return EntraToken.clientCredentials(TENANT, CLIENT_ID, () -> SECRET, organization())
        .authority(organization())
        .time(time);
  }

  /** Returns a source of this environment, with a clock that is its own. */
  public CustomerInsightsSource source() {
    return CustomerInsightsSource.of(organization(), entraToken()).time(time);
  }

  /**
   * Adds a unified profile, or replaces it.
   *
   * @param id the customer's id
   * @param columns its values by logical names, such as {@code msdynci_firstname}
   */
  public FakeCustomerInsights customer(String id, Map<String, ?> columns) {
    tables.put(id, columns);
    return this;
  }

  /** Puts customers into a segment, whether they have profiles or not. */
  public FakeCustomerInsights segment(String name, String... customers) {
    return segment(name, Arrays.asList(customers));
  }

  /** Puts customers into a segment, whether they have profiles or not. */
  public FakeCustomerInsights segment(String name, Collection<String> customers) {
    tables.add(name, customers);
    return this;
  }

  /** Takes customers out of a segment. */
  public FakeCustomerInsights leave(String name, String... customers) {
    tables.remove(name, Arrays.asList(customers));
    return this;
  }

  /** Answers the next requests with 429, and tells them to wait so long. */
  public FakeCustomerInsights throttle(int requests, Duration retryAfter) {
    server.throttle(requests, retryAfter);
    return this;
  }

  /** Answers the next requests with these statuses. */
  public FakeCustomerInsights fail(int... statuses) {
    server.fail(statuses);
    return this;
  }

  /** Makes the access token that is good now one that is refused. */
  public FakeCustomerInsights revokeToken() {
    server.revokeToken();
    return this;
  }

  /** Returns the requests so far: method, path and query of each. */
  public List<String> requests() {
    return server.requests();
  }

  @Override
  public void close() {
    server.close();
  }

  /** Builds a {@link FakeCustomerInsights}. Not safe for use by several threads. */
  public static final class Builder {
    private int port;
    private long seed;
    private int repeatEvery;
    private boolean countsProfiles = true;
    private int requestsPerFiveMinutes = 6_000;
    private TimeSource time = TimeSource.system();

    private Builder() {}

    /** Sets the port: by default one that is free. */
    public Builder port(int port) {
      this.port = port;
      return this;
    }

    /** Sets what decides the order of rows: 0 by default. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** Has one row come twice every so many rows: none by default. */
    public Builder repeatEvery(int rows) {
      this.repeatEvery = rows;
      return this;
    }

    /** Sets whether it says how many profiles there are: it does by default. */
    public Builder countsProfiles(boolean counts) {
      this.countsProfiles = counts;
      return this;
    }

    /** Sets how many requests pass in five minutes: 6,000 by default. */
    public Builder requestsPerFiveMinutes(int requests) {
      this.requestsPerFiveMinutes = requests;
      return this;
    }

    /** Sets the clock of its limits: the machine's by default. */
    public Builder time(TimeSource time) {
      this.time = Objects.requireNonNull(time, "time");
      return this;
    }

    /** Starts the environment. */
    public FakeCustomerInsights start() {
      return new FakeCustomerInsights(this);
    }
  }
}
