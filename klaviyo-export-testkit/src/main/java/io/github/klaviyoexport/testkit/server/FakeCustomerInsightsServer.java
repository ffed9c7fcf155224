package io.github.klaviyoexport.testkit.server;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.testkit.FakeCustomerInsights;
import io.github.klaviyoexport.testkit.GeneratedProfiles;
import io.github.klaviyoexport.testkit.internal.ProgramArguments;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A Customer Insights environment as a program, for clients in any language: it serves until it is
 * stopped. {@code --help} lists its options.
 */
public final class FakeCustomerInsightsServer {
  private static final int PORT = 8091;
  private static final int CUSTOMERS = 1_000;
  private static final String HELP =
      String.join(
          System.lineSeparator(),
          "A Customer Insights environment on this machine, behind HTTP, that forgets everything",
          "when it stops.",
          "",
          "  --port N        the port to listen on, 0 for one that is free (default " + PORT + ")",
          "  --customers N   how many generated customers it has (default " + CUSTOMERS + ")",
          "  --segment NAME  the segment that every second of them is in (default Vip_customers)",
          "  --help          print this",
          "",
          "Exit code: 0 stopped, 1 the port is taken, 2 wrong options.");

  private FakeCustomerInsightsServer() {}

  /** Starts the server, and prints where it is and the access token that it takes. */
  public static void main(String[] args) throws InterruptedException {
    int status = run(List.of(args));
    if (status != 0 || List.of(args).contains("--help")) {
      System.exit(status);
    }
    new CountDownLatch(1).await();
  }

  private static int run(List<String> args) {
    if (args.contains("--help")) {
      System.out.println(HELP);
      return 0;
    }
    try {
      start(args);
      return 0;
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      return 2;
    } catch (UncheckedIOException taken) {
      System.err.println(taken.getMessage());
      return 1;
    }
  }

  private static void start(List<String> args) {
    int port = PORT;
    int customers = CUSTOMERS;
    String segment = "Vip_customers";
    ProgramArguments rest = new ProgramArguments(args);
    while (!rest.isEmpty()) {
      String option = rest.next();
      switch (option) {
        case "--port" -> port = rest.value(option, "a number", ProgramArguments::count);
        case "--customers" ->
            customers = rest.value(option, "a number, 0 or more", ProgramArguments::count);
        case "--segment" -> segment = rest.value(option, "a name", name -> name);
        default -> throw ProgramArguments.unknown(option);
      }
    }
    FakeCustomerInsights insights = FakeCustomerInsights.builder().port(port).start();
    fill(insights, customers, segment);
    System.out.println(
        "Customer Insights with "
            + InWords.count(customers, "customer")
            + " at "
            + insights.organization()
            + ", access token "
            + insights.token());
  }

  private static void fill(FakeCustomerInsights insights, int customers, String segment) {
    List<String> members = new ArrayList<>();
    int number = 0;
    for (CustomerProfile profile : GeneratedProfiles.of(Math.max(customers, 1))) {
      if (number == customers) {
        break;
      }
      Map<String, @Nullable Object> columns = new LinkedHashMap<>();
      for (String field : profile.fields().names()) {
        columns.put(column(field), profile.value(field));
      }
      insights.customer(profile.id(), columns);
      if (number++ % 2 == 0) {
        members.add(profile.id());
      }
    }
    insights.segment(segment, members);
  }

  private static String column(String field) {
    return switch (field) {
      case "EMailAddress" -> "msdynci_emailaddress1";
      case "Telephone1" -> "msdynci_mobilephone";
      default -> "msdynci_" + field.toLowerCase(Locale.ROOT);
    };
  }
}
