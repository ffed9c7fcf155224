package io.github.klaviyoexport.internal.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.ErasureReceipt;
import io.github.klaviyoexport.internal.json.IndentedJson;
import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.CustomerIdentifier.Kind;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A receipt for an erasure, as a value. */
public record ErasureData(
    Instant at,
    Map<Kind, Answer> answers,
    boolean isKeptOut,
    List<String> memoriesChanged,
    List<String> journalsDeleted,
    List<String> leftToDo)
    implements ErasureReceipt {
  /** Copies what it is given. */
  public ErasureData {
    answers = Collections.unmodifiableMap(new EnumMap<>(answers));
    memoriesChanged = List.copyOf(memoriesChanged);
    journalsDeleted = List.copyOf(journalsDeleted);
    leftToDo = List.copyOf(leftToDo);
  }

  @Override
  public boolean isComplete() {
    return leftToDo.isEmpty()
        && !answers.containsValue(Answer.FAILED)
        && !answers.containsValue(Answer.NOT_ASKED);
  }

  @Override
  public String toJson() {
    ObjectNode root = IndentedJson.object();
    root.put("at", at.toString());
    ObjectNode klaviyo = root.putObject("klaviyo");
    answers.forEach((kind, answer) -> klaviyo.put(kind.name(), answer.name()));
    root.put("kept_out", isKeptOut);
    memoriesChanged.forEach(root.putArray("memories_changed")::add);
    journalsDeleted.forEach(root.putArray("journals_deleted")::add);
    leftToDo.forEach(root.putArray("left_to_do")::add);
    root.put("complete", isComplete());
    return IndentedJson.write(root);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Erasure of one customer, asked for at ");
    text.append(InWords.moment(at)).append('\n');
    answers.forEach(
        (kind, answer) ->
            text.append("  Klaviyo, by ")
                .append(words(kind))
                .append(": ")
                .append(
                    switch (answer) {
                      case REQUESTED -> "deletes the profile";
                      case UNKNOWN -> "knows no such profile";
                      case FAILED -> "was asked, and gave no usable answer";
                      case NOT_ASKED -> "was not asked";
                    })
                .append('\n'));
    text.append("  memory: forgotten in ")
        .append(InWords.count(memoriesChanged.size(), "log"))
        .append(isKeptOut ? ", and kept out of later exports\n" : "\n");
    text.append("  journal: ")
        .append(InWords.count(journalsDeleted.size(), "log"))
        .append(" of runs that are over deleted\n");
    for (String left : leftToDo) {
      text.append("  left to do: ").append(left).append('\n');
    }
    return text.append(isComplete() ? "  complete" : "  not complete").toString();
  }

  private static String words(Kind kind) {
    return switch (kind) {
      case EMAIL -> "email address";
      case PHONE_NUMBER -> "phone number";
      case EXTERNAL_ID -> "external id";
      case PROFILE_ID -> "profile id";
    };
  }
}
