package io.github.klaviyoexport.internal.report;

import io.github.klaviyoexport.ExportReport.JobStatus;
import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.internal.text.InWords;
import java.util.List;
import java.util.Locale;

/** The words of a report's page: those of constants and figures, as people say them. */
final class PageWords {
  private static final int KILO = 1_000;

  private PageWords() {}

  /** Returns a constant's name in small letters. */
  static String name(Enum<?> constant) {
    String words = constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return sentence(words).replace(" klaviyo", " Klaviyo");
  }

  /** Returns what a job's status means. */
  static String name(JobStatus status) {
    return switch (status) {
      case RUNNING -> "Not ended";
      case COMPLETE -> "Complete";
      case UNREAD -> "Errors unread";
      case CANCELLED -> "Cancelled";
      case LOST -> "Lost";
    };
  }

  /** Returns what a mode does. */
  static String mode(SyncMode mode) {
    return mode == SyncMode.UPSERT ? "Adds and updates" : name(mode) + ": leavers leave the list";
  }

  /** Returns a clause with a capital letter. */
  static String sentence(String clause) {
    return clause.substring(0, 1).toUpperCase(Locale.ROOT) + clause.substring(1);
  }

  /** Returns advice to developers in words for people: without the methods to call. */
  static String plain(String advice) {
    return advice.replaceAll(
        ", map your own id with externalId\\(\\.\\.\\.\\), or allow more of them with"
            + " maxUnreadable\\(\\.\\.\\.\\)",
        ", map your own id to Klaviyo's external id, or allow more of them");
  }

  /** Returns an amount of bytes in three or four digits. */
  static String bytes(long bytes) {
    if (bytes < KILO) {
      return InWords.count(bytes, "byte");
    }
    double amount = bytes;
    String unit = "";
    for (String larger : List.of("kB", "MB", "GB", "TB")) {
      if (amount >= KILO) {
        amount /= KILO;
        unit = larger;
      }
    }
    return String.format(Locale.ROOT, "%.1f %s", amount, unit);
  }
}
