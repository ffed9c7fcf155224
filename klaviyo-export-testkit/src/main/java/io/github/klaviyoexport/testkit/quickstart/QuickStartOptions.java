package io.github.klaviyoexport.testkit.quickstart;

import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.testkit.internal.ProgramArguments;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the quick start was asked to do.
 *
 * @param csv the file to export; {@code null} for generated customers
 * @param emailField the file's column with the email address; {@code null} without a file
 * @param profiles how many customers to generate
 * @param badRows the share of them that has a malformed email address
 * @param list where to
 * @param baseUrl the server; {@code null} for a fake of our own
 * @param quota whether to keep to Klaviyo's quota
 * @param limit the most profiles to export
 * @param report where the report goes as JSON
 * @param rejections where the rejections go as CSV
 */
record QuickStartOptions(
    @Nullable Path csv,
    @Nullable String emailField,
    int profiles,
    double badRows,
    ListId list,
    @Nullable URI baseUrl,
    boolean quota,
    long limit,
    @Nullable Path report,
    @Nullable Path rejections) {
  static final String HELP =
      String.join(
          System.lineSeparator(),
          "Exports customers to a Klaviyo list and shows what became of every one.",
          "Without options: 100,000 generated customers, to a Klaviyo in this process.",
          "",
          "  --profiles N        how many customers to generate (default 100000)",
          "  --bad-rows SHARE    the share of them, up to 0.4, that has a malformed email",
          "                      address; as many have a malformed phone number (default 0)",
          "  --csv FILE          export this file instead; its first line names the columns",
          "  --email-field NAME  the column of the file that holds the email address",
          "  --list ID           the list (default Y6nRLr)",
          "  --limit N           the most profiles to export (default 100000, or what",
          "                      --profiles says)",
          "  --base-url URL      export to this server, https://a.klaviyo.com for example,",
          "                      with the key in the environment variable KLAVIYO_API_KEY",
          "  --no-quota          do not keep to Klaviyo's quota: for measuring",
          "  --report FILE       write the report there, as JSON",
          "  --rejections FILE   write every rejection there, as CSV",
          "  --help              print this",
          "",
          "Columns with these names, in upper or lower case, fill fields of Klaviyo's;",
          "every other column becomes a custom property of its name:",
          "",
          CsvColumns.HELP,
          "",
          "Exit code: 0 all confirmed, 3 some profiles were rejected, 1 the export stopped,",
          "2 wrong options.");

  private static final String DEFAULT_LIST = "Y6nRLr";
  private static final int DEFAULT_PROFILES = 100_000;
  private static final double MAX_BAD_ROWS = 0.4;

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException if they are wrong; the message says which and why
   */
  static QuickStartOptions parse(List<String> args) {
    return new Parser(args).options();
  }

  /** The options as far as they are read. */
  private static final class Parser {
    private final ProgramArguments rest;
    private @Nullable Path csv;
    private @Nullable String emailField;
    private @Nullable Integer profiles;
    private @Nullable Double badRows;
    private ListId list = ListId.of(DEFAULT_LIST);
    private @Nullable URI baseUrl;
    private boolean quota = true;
    private @Nullable Long limit;
    private @Nullable Path report;
    private @Nullable Path rejections;

    Parser(List<String> args) {
      rest = new ProgramArguments(args);
    }

    QuickStartOptions options() {
      while (!rest.isEmpty()) {
        String option = rest.next();
        switch (option) {
          case "--csv" -> csv = rest.value(option, "a path", Path::of);
          case "--email-field" -> emailField = rest.value(option, "a name", text -> text);
          case "--profiles" ->
              profiles = rest.value(option, "a number, 0 or more", ProgramArguments::count);
          case "--bad-rows" -> badRows = rest.value(option, "a share from 0 to 0.4", Parser::share);
          case "--list" -> list = ListId.of(rest.value(option, "an id", text -> text));
          case "--base-url" -> baseUrl = rest.value(option, "a URL", URI::create);
          case "--no-quota" -> quota = false;
          case "--limit" -> limit = rest.value(option, "a number, 1 or more", Parser::positive);
          case "--report" -> report = rest.value(option, "a path", Path::of);
          case "--rejections" -> rejections = rest.value(option, "a path", Path::of);
          default -> throw ProgramArguments.unknown(option);
        }
      }
      check();
      int generated = profiles == null ? DEFAULT_PROFILES : profiles;
      return new QuickStartOptions(
          csv,
          emailField,
          generated,
          badRows == null ? 0 : badRows,
          list,
          baseUrl,
          quota,
          limit != null ? limit : Math.max(DEFAULT_PROFILES, csv == null ? generated : 0),
          report,
          rejections);
    }

    private void check() {
      if (csv != null && emailField == null) {
        throw new IllegalArgumentException(
            "Say with --email-field which column of the file holds the email address.");
      }
      if (csv == null && emailField != null) {
        throw new IllegalArgumentException("--email-field speaks of a file: say with --csv which.");
      }
      if (csv != null && (profiles != null || badRows != null)) {
        throw new IllegalArgumentException(
            "--profiles and --bad-rows speak of generated customers: leave them out with --csv.");
      }
      if (csv == null
          && profiles == null
          && baseUrl != null
          && "https".equals(baseUrl.getScheme())) {
        throw new IllegalArgumentException(
            "Generated customers would become profiles of a real account, which Klaviyo bills:"
                + " export a file with --csv, or say with --profiles how many you want there.");
      }
    }

    private static long positive(String text) {
      long number = Long.parseLong(text);
      if (number < 1) {
        throw new IllegalArgumentException();
      }
      return number;
    }

    private static double share(String text) {
      double share = Double.parseDouble(text);
      if (!(share >= 0 && share <= MAX_BAD_ROWS)) {
        throw new IllegalArgumentException();
      }
      return share;
    }
  }
}
