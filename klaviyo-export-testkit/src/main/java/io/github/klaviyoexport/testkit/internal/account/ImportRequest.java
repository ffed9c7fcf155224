package io.github.klaviyoexport.testkit.internal.account;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException.Problem;
import io.github.klaviyoexport.testkit.internal.api.FieldRules;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a bulk import, checked as a whole: one profile that will not do refuses them all.
 *
 * <p>It keeps the body and where each profile stands in it, nothing more.
 */
public final class ImportRequest {
  static final int MAX_PROFILES = 10_000;

  private static final String ROWS = "/data/attributes/profiles/data";

  private final byte[] body;
  private final Script script;
  private final Settings settings;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> lists = new ArrayList<>();
  private int[] from = new int[256];
  private int[] to = new int[256];
  private int size;
  private int badRows;
  private @Nullable ScriptedFault broken;
  private boolean sawRows;

  private ImportRequest(byte[] body, Script script, Settings settings) {
    this.body = body;
    this.script = script;
    this.settings = settings;
  }

  /**
   * Reads and checks a body.
   *
   * @throws ApiErrorException if anything is wrong with it
   */
  public static ImportRequest read(byte[] body, Script script, Settings settings) {
    ImportRequest request = new ImportRequest(body, script, settings);
    try (JsonParser in = JsonValues.factory().createParser(body)) {
      in.nextToken();
      request.document(in);
      if (in.nextToken() != null) {
        throw ApiErrorException.invalid("/data", "The body goes on after its end.");
      }
    } catch (JsonProcessingException malformed) {
      throw ApiErrorException.invalid("/data", "The body is not valid JSON.");
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    if (!request.problems.isEmpty()) {
      throw request.badRows > 0
          ? ApiErrorException.invalidProfiles(settings.refusalStatus(), request.problems)
          : ApiErrorException.invalid(request.problems);
    }
    return request;
  }

  private void document(JsonParser in) throws IOException {
    boolean sawData = false;
    if (in.isExpectedStartObjectToken()) {
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        in.nextToken();
        if (name.equals("data")) {
          sawData = true;
          data(in);
        } else {
          in.skipChildren();
        }
      }
    } else {
      in.skipChildren();
    }
    if (!sawData) {
      problem("/data", "This field is required.");
    } else if (!sawRows) {
      problem(ROWS, "This field is required.");
    } else if (size == 0) {
      problem(ROWS, "At least one profile is required.");
    } else if (size > MAX_PROFILES) {
      problem(ROWS, "No more than 10000 profiles are allowed, but there are " + size + ".");
    }
  }

  private void data(JsonParser in) throws IOException {
    boolean typed = false;
    if (!object(in, "/data")) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      switch (name) {
        case "type" -> typed = "profile-bulk-import-job".equals(in.getValueAsString());
        case "attributes" -> attributes(in);
        case "relationships" -> relationships(in);
        default -> in.skipChildren();
      }
    }
    if (!typed) {
      problem("/data/type", "The resource type must be 'profile-bulk-import-job'.");
    }
  }

  private void attributes(JsonParser in) throws IOException {
    if (!object(in, "/data/attributes")) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      if (!name.equals("profiles")) {
        in.skipChildren();
        problem(
            "/data/attributes/" + name,
            "'" + name + "' is not a valid field for the resource 'profile-bulk-import-job'.");
      } else if (object(in, "/data/attributes/profiles")) {
        for (String inner = in.nextFieldName(); inner != null; inner = in.nextFieldName()) {
          in.nextToken();
          if (inner.equals("data")) {
            rows(in);
          } else {
            in.skipChildren();
          }
        }
      }
    }
  }

  private void rows(JsonParser in) throws IOException {
    if (!in.isExpectedStartArrayToken()) {
      in.skipChildren();
      problem(ROWS, "Not a valid list.");
      return;
    }
    sawRows = true;
    while (in.nextToken() != JsonToken.END_ARRAY) {
      row(in);
    }
  }

  private void row(JsonParser in) throws IOException {
    int index = size++;
    if (index >= MAX_PROFILES) {
      in.skipChildren();
      return;
    }
    if (index == from.length) {
      from = Arrays.copyOf(from, index * 2);
      to = Arrays.copyOf(to, index * 2);
    }
    from[index] = (int) in.currentTokenLocation().getByteOffset();
    String pointer = ROWS + "/" + index;
    List<Problem> ofRow = new ArrayList<>(0);
    ProfileRow row =
        ProfileRow.read(
            in,
            settings.dropsBadPhones(),
            settings.unusualEmails(),
            (where, detail) -> ofRow.add(Problem.invalid(pointer + where, detail)));
    to[index] = (int) in.currentLocation().getByteOffset();
    if (to[index] - from[index] > FieldRules.MAX_PROFILE_BYTES) {
      ofRow.add(Problem.invalid(pointer, "The profile is larger than 100KB."));
    }
    if (!JsonValues.isKeepableText(body, from[index], to[index])) {
      ofRow.add(Problem.invalid(pointer, "The profile holds text that cannot be kept."));
    }
    if (script.namesProfiles()) {
      broken = broken == null ? script.breaks(row) : broken;
      script
          .objection(row)
          .ifPresent(
              field ->
                  ofRow.add(
                      Problem.invalid(
                          pointer + "/attributes/" + field, "Invalid value for " + field + ".")));
    }
    if (!ofRow.isEmpty() && badRows++ < settings.badProfilesPerAnswer()) {
      problems.addAll(ofRow);
    }
  }

  private void relationships(JsonParser in) throws IOException {
    if (!object(in, "/data/relationships")) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      if (!name.equals("lists")) {
        in.skipChildren();
        problem(
            "/data/relationships/" + name,
            "'" + name + "' is not a valid relationship of 'profile-bulk-import-job'.");
      } else if (object(in, "/data/relationships/lists")) {
        for (String inner = in.nextFieldName(); inner != null; inner = in.nextFieldName()) {
          in.nextToken();
          if (inner.equals("data") && in.isExpectedStartArrayToken()) {
            while (in.nextToken() != JsonToken.END_ARRAY) {
              list(in);
            }
          } else {
            in.skipChildren();
            problem("/data/relationships/lists/" + inner, "Not a valid list.");
          }
        }
      }
    }
  }

  private void list(JsonParser in) throws IOException {
    String pointer = "/data/relationships/lists/data/" + lists.size();
    String type = null;
    String id = null;
    if (!object(in, pointer)) {
      return;
    }
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      switch (name) {
        case "type" -> type = in.getValueAsString();
        case "id" -> id = in.getValueAsString();
        default -> in.skipChildren();
      }
    }
    if (!"list".equals(type)) {
      problem(pointer + "/type", "The resource type must be 'list'.");
    }
    if (id == null) {
      problem(pointer + "/id", "This field is required.");
    } else {
      lists.add(id);
    }
  }

  private boolean object(JsonParser in, String pointer) throws IOException {
    if (in.isExpectedStartObjectToken()) {
      return true;
    }
    in.skipChildren();
    problem(pointer, "Not a valid object.");
    return false;
  }

  private void problem(String pointer, String detail) {
    problems.add(Problem.invalid(pointer, detail));
  }

  /** Returns what happens to every call that holds one of these profiles, if anything. */
  public @Nullable ScriptedFault broken() {
    return broken;
  }

  /** Returns the ids of the lists that the profiles are to join. */
  public List<String> lists() {
    return lists;
  }

  int size() {
    return size;
  }

  byte[] body() {
    return body;
  }

  /** Returns where a profile begins in the body. */
  int from(int index) {
    return from[index];
  }

  int to(int index) {
    return to[index];
  }

  /** Returns the attributes of a profile, byte by byte. */
  byte[] attributes(int index, ProfileRow row) {
    return Arrays.copyOfRange(
        body, from[index] + row.attributesFrom(), from[index] + row.attributesTo());
  }

  /** Reads a profile again. */
  ProfileRow row(int index) {
    try (JsonParser in =
        JsonValues.factory().createParser(body, from[index], to[index] - from[index])) {
      in.nextToken();
      return ProfileRow.read(
          in, settings.dropsBadPhones(), settings.unusualEmails(), (pointer, detail) -> {});
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
