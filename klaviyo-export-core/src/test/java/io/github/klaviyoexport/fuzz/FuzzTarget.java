package io.github.klaviyoexport.fuzz;

import io.github.klaviyoexport.internal.api.AnswerFuzz;
import io.github.klaviyoexport.internal.call.PaceHeadersFuzz;
import io.github.klaviyoexport.internal.catalog.store.CatalogFileFuzz;
import io.github.klaviyoexport.internal.json.DefinitionFuzz;
import io.github.klaviyoexport.internal.memory.MemoryBlocksFuzz;
import io.github.klaviyoexport.internal.record.JournalLinesFuzz;
import io.github.klaviyoexport.internal.source.CsvFuzz;
import io.github.klaviyoexport.internal.source.JsonLinesFuzz;
import io.github.klaviyoexport.journal.JournalFileFuzz;
import io.github.klaviyoexport.memory.MemoryFileFuzz;
import java.util.function.Consumer;

/**
 * Something that reads bytes from outside, with a contract that holds whatever they are.
 *
 * <p>Its inputs lie in {@code src/test/resources/fuzz/}, in a folder of its name.
 */
public enum FuzzTarget {
  /** Klaviyo's answers, whole: status, headers and body. */
  ANSWER(AnswerFuzz.class, AnswerFuzz::fuzzerTestOneInput),
  /** What headers say about pace. */
  PACE_HEADERS(PaceHeadersFuzz.class, PaceHeadersFuzz::fuzzerTestOneInput),
  /** CSV files. */
  CSV(CsvFuzz.class, CsvFuzz::fuzzerTestOneInput),
  /** Files of JSON Lines. */
  JSON_LINES(JsonLinesFuzz.class, JsonLinesFuzz::fuzzerTestOneInput),
  /** Files of a journal. */
  JOURNAL_FILE(JournalFileFuzz.class, JournalFileFuzz::fuzzerTestOneInput),
  /** The lines that an export finds in its journal. */
  JOURNAL_LINES(JournalLinesFuzz.class, JournalLinesFuzz::fuzzerTestOneInput),
  /** Files of a catalog. */
  CATALOG_FILE(CatalogFileFuzz.class, CatalogFileFuzz::fuzzerTestOneInput),
  /** Definitions and mappings that a host has kept or been sent. */
  DEFINITION(DefinitionFuzz.class, DefinitionFuzz::fuzzerTestOneInput),
  /** Files of a memory. */
  MEMORY_FILE(MemoryFileFuzz.class, MemoryFileFuzz::fuzzerTestOneInput),
  /** What is in the blocks of a memory. */
  MEMORY_BLOCKS(MemoryBlocksFuzz.class, MemoryBlocksFuzz::fuzzerTestOneInput);

  private final Class<?> type;
  private final Consumer<byte[]> contract;

  FuzzTarget(Class<?> type, Consumer<byte[]> contract) {
    this.type = type;
    this.contract = contract;
  }

  /** The class whose method the fuzzer calls. */
  Class<?> type() {
    return type;
  }

  /** The name of its folders. */
  String folder() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** Reads the bytes; fails if that breaks the contract. */
  void read(byte[] bytes) {
    contract.accept(bytes);
  }
}
