package io.github.klaviyoexport.internal.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The writer of JSON that people may read, on lines of its own. */
public final class IndentedJson {
  private IndentedJson() {}

  /**
   * The mapper, which takes long to make: a run whose report is not asked for as JSON does without
   * it.
   */
  private static final class Mapper {
    static final ObjectMapper INDENTING =
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

  /** Returns an object with nothing in it. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Returns an object as text. */
  public static String write(ObjectNode object) {
    try {
      return Mapper.INDENTING.writeValueAsString(object);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A tree of text and numbers cannot be written.", impossible);
    }
  }
}
