package io.github.klaviyoexport.testkit.server;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.testkit.FakeKlaviyoBuilder;
import io.github.klaviyoexport.testkit.internal.ProgramArguments;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server was asked to be.
 *
 * @param account the account to start
 * @param firstList the list that holds generated profiles at the start
 * @param profiles how many of them
 */
record ServerOptions(FakeKlaviyoBuilder account, String firstList, int profiles) {
  private static final int PORT = 8090;
  private static final String API_KEY = "pk_fake_local";
  private static final String LIST_ID = "Y6nRLr";
  private static final String LIST_NAME = "VIP";
  private static final Duration JOB_DURATION = Duration.ofSeconds(2);
  // Klaviyo forgets a job after so long.
  private static final Duration LONGEST_JOB = Duration.ofDays(7);
  private static final Duration LONGEST_LATENCY = Duration.ofMinutes(10);

  static final String HELP =
      String.join(
          System.lineSeparator(),
          "A Klaviyo account on this machine, behind HTTP, that forgets everything when it stops.",
          "",
          "  --port N             the port to listen on, 0 for one that is free (default "
              + PORT
              + ")",
          "  --api-key KEY        the private key that calls must carry (default " + API_KEY + ")",
          "  --host-name NAME     a name under which it answers beside localhost, repeatable",
          "  --list ID=NAME       a list of the account, repeatable (default Y6nRLr=VIP)",
          "  --seed-profiles N    how many generated profiles the first list holds at the start,",
          "                       the same ones every time (default 0)",
          "  --latency TIME       how long every answer takes, at most 10m (default 0s)",
          "  --job-duration TIME  how long an import job takes, at most 168h (default "
              + JOB_DURATION.toSeconds()
              + "s)",
          "  --no-quota           count no call against Klaviyo's quotas",
          "  --help               print this",
          "",
          "A TIME is 500ms, 2s, 3m, 1h, or an ISO 8601 duration such as PT1M30S.",
          "",
          "Its address in a browser shows lists, members, jobs, requests and quotas as they change.",
          "",
          "Exit code: 0 stopped, 1 the port is taken or there is not enough memory for the",
          "profiles, 2 wrong options.");

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException if they are wrong; the message says which and why
   */
  static ServerOptions parse(List<String> args) {
    FakeKlaviyoBuilder account =
        FakeKlaviyo.builder().port(PORT).apiKey(API_KEY).jobDuration(JOB_DURATION);
    Map<String, String> lists = new LinkedHashMap<>();
    int profiles = 0;
    ProgramArguments rest = new ProgramArguments(args);
    while (!rest.isEmpty()) {
      String option = rest.next();
      switch (option) {
        case "--port" ->
            account.port(rest.value(option, "a number from 0 to 65535", ServerOptions::port));
        // Read by the account, whose message does not show the key.
        case "--api-key" -> account.apiKey(rest.value(option, "a key", key -> key));
        case "--host-name" -> account.hostName(rest.value(option, "a name", name -> name));
        case "--list" -> addTo(lists, rest.value(option, "ID=NAME", ServerOptions::list));
        case "--seed-profiles" ->
            profiles = rest.value(option, "a number, 0 or more", ProgramArguments::count);
        case "--latency" ->
            account.latency(
                rest.value(
                    option,
                    "a time from 0s to 10m, such as 500ms or PT0.5S",
                    text -> ProgramArguments.duration(text, LONGEST_LATENCY)));
        case "--job-duration" ->
            account.jobDuration(
                rest.value(
                    option,
                    "a time from 0s to 168h, such as 500ms, 2s, 3m or PT1M30S",
                    text -> ProgramArguments.duration(text, LONGEST_JOB)));
        case "--no-quota" -> account.quota(false);
        default -> throw ProgramArguments.unknown(option);
      }
    }
    if (lists.isEmpty()) {
      lists.put(LIST_ID, LIST_NAME);
    }
    lists.forEach(account::list);
    return new ServerOptions(account, lists.keySet().iterator().next(), profiles);
  }

  private static int port(String text) {
    int port = ProgramArguments.count(text);
    if (port > 65_535) {
      throw new IllegalArgumentException();
    }
    return port;
  }

  private static Map.Entry<String, String> list(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new IllegalArgumentException();
    }
    return Map.entry(text.substring(0, equals), text.substring(equals + 1));
  }

  private static void addTo(Map<String, String> lists, Map.Entry<String, String> list) {
    if (lists.putIfAbsent(list.getKey(), list.getValue()) != null) {
      throw new IllegalArgumentException(
          "The list " + list.getKey() + " is given twice: give each an id of its own.");
    }
  }
}
