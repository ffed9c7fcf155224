package io.github.klaviyoexport.internal.catalog;

import java.text.Normalizer;
import java.util.Locale;
import java.util.UUID;

/** Ids that people can tell apart: what the name begins with, and something random. */
final class ReadableId {
  private static final int MAX_NAME = 40;

  private ReadableId() {}

  /** Returns a new id for a thing of that name; it can be the name of a file. */
  static String of(String name) {
    String plain =
        Normalizer.normalize(name, Normalizer.Form.NFD)
            .toLowerCase(Locale.ROOT)
            .replaceAll("\\p{M}+", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    String start = plain.substring(0, Math.min(plain.length(), MAX_NAME));
    String random = UUID.randomUUID().toString().substring(0, 8);
    return start.isEmpty() ? random : start + "-" + random;
  }
}
