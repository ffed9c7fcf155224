package io.github.klaviyoexport.internal.catalog.host;

import io.github.klaviyoexport.profile.Rejection;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What exports say to those who program them, in the words of those who look at a catalog's pages:
 * without methods, classes, constants and causes, which a page does not show. Where an export names
 * the method to call, the setting of the saved export is named instead, if there is one.
 *
 * <p>What was said is in the log as it was.
 */
public final class PlainWords {
  /** Of failures only: a segment may be called as any other class. */
  private static final String CLASS =
      "(?:[a-z][a-z0-9_]*\\.){2,}(?:[A-Z][\\w$]*)?(?:Exception|Error)(?![\\w$])";

  private static final Map<Pattern, String> INSTEAD = new LinkedHashMap<>();

  static {
    // Settings that a saved export has.
    instead("raise the limit with limit\\(\\.\\.\\.\\)", "raise the limit of the export");
    instead(
        "allow it with maxLeavers\\(([0-9.]+)\\)",
        "allow the export a share of leavers of $1 or more");
    instead(
        ", map your own id with externalId\\(\\.\\.\\.\\), or allow more of them with"
            + " maxUnreadable\\(\\.\\.\\.\\)",
        ", or map your own id to Klaviyo's external id");
    instead(
        "so many are to be set aside, allow it with maxRejected\\(([0-9.]+)\\)",
        "so many are to be set aside, allow the export a share of rejected profiles of $1 or more");
    instead(
        "allow it with maxSizeChange\\(([0-9.]+)\\)",
        "allow the export to become $1 times larger or smaller");
    instead(
        "allow it with a larger maxSizeChange\\(\\.\\.\\.\\)",
        "allow the export to become more times larger or smaller");
    instead(
        "none is with maxWaitForPriorJobs\\([^()]*\\)",
        "none is if the export is set to wait for none");
    // Settings that it does not have.
    instead("; if so many (?:values )?are to be [a-z ]+, allow it with \\w+\\([^()]*\\)", "");
    instead(", and none is with \\w+\\([^()]*\\)", "");
    instead("\\. If this segment takes the place of that one, say so with [^.]*(?=\\.)", "");
    instead(", or add yours with SecretStore\\.with\\(\\.\\.\\.\\)", "");
    // Where more is to be found.
    instead("report the cause", "have those who look after this application see its log");
    instead(" It can be resumed as run \\S+\\.(?= |$)", "");
    // Names of the program's.
    instead(" to return from [a-z]\\w*\\(\\)", " to answer");
    instead(" in [a-z]\\w*\\(\\)", "");
    instead(
        " \\((?:"
            + Arrays.stream(Rejection.Reason.values())
                .map(Enum::name)
                .collect(Collectors.joining("|"))
            + ")(?:, type [^()]*)?\\)",
        "");
    instead(" \\((?:" + CLASS + "|[A-Z]\\w*(?:Exception|Error))\\)", "");
    instead("\\b" + CLASS, "an error of the program");
    instead(" (?:with )?(?:[a-z]+[A-Z]\\w*\\([^()]*\\)|[a-z]\\w*\\(\\.\\.\\.\\))", "");
  }

  private PlainWords() {}

  private static void instead(String code, String words) {
    INSTEAD.put(Pattern.compile(code), words);
  }

  /** Returns a text in plain words; {@code null} for none. */
  public static @Nullable String of(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String plain = text;
    for (Map.Entry<Pattern, String> rule : INSTEAD.entrySet()) {
      plain = rule.getKey().matcher(plain).replaceAll(rule.getValue());
    }
    return plain;
  }
}
