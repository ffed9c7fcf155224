package io.github.klaviyoexport.internal.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.klaviyo.OptInProcess;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A list of an account.
 *
 * @param process its opt-in process; {@code null} if Klaviyo does not say it
 */
public record ListInfo(String id, String name, @Nullable OptInProcess process) {
  /** Returns the body of a request that makes a list. */
  static ByteBuffer creation(String name, @Nullable OptInProcess process) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ObjectNode attributes =
        body.putObject("data").put("type", "list").putObject("attributes").put("name", name);
    if (process != null) {
      attributes.put("opt_in_process", text(process));
    }
    return ByteBuffer.wrap(body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String text(OptInProcess process) {
    return switch (process) {
      case SINGLE -> "single_opt_in";
      case DOUBLE -> "double_opt_in";
    };
  }

  /** Returns an opt-in process by Klaviyo's word for it; {@code null} for an unknown word. */
  static @Nullable OptInProcess process(String text) {
    for (OptInProcess process : OptInProcess.values()) {
      if (text(process).equals(text)) {
        return process;
      }
    }
    return null;
  }
}
