package io.github.klaviyoexport.internal.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.internal.row.Identifier;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A member of a list: its id and its identifiers.
 *
 * @param id Klaviyo's id of the profile
 * @param identifiers what the profile is known by; empty when Klaviyo does not say
 * @param joinedAt when it joined the list, by Klaviyo's clock; {@code null} when it does not say
 */
public record ListMember(String id, List<Identifier> identifiers, @Nullable Instant joinedAt) {
  /** The most members that one call removes. */
  public static final int MAX_REMOVED_AT_ONCE = 1_000;

  /** Returns the body of a request that names profiles. */
  static ByteBuffer naming(List<String> ids) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode data = body.putArray("data");
    ids.forEach(id -> data.addObject().put("type", "profile").put("id", id));
    return ByteBuffer.wrap(body.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns the body of a request to delete a profile.
   *
   * @param name Klaviyo's name of the identifier: {@code id}, {@code email} or {@code phone_number}
   */
  static ByteBuffer deleting(String name, String value) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode profile =
        body.putObject("data")
            .put("type", "data-privacy-deletion-job")
            .putObject("attributes")
            .putObject("profile")
            .putObject("data")
            .put("type", "profile");
    if (name.equals("id")) {
      profile.put("id", value).putObject("attributes");
    } else {
      profile.putObject("attributes").put(name, value);
    }
    return ByteBuffer.wrap(body.toString().getBytes(StandardCharsets.UTF_8));
  }
}
