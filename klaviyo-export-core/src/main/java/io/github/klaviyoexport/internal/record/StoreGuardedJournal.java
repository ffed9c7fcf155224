package io.github.klaviyoexport.internal.record;

import io.github.klaviyoexport.journal.ExportJournal;
import io.github.klaviyoexport.journal.JournalLog;
import java.io.IOException;
import java.util.List;

/**
 * The journal of exports that a catalog keeps: its store knows which of them may mirror a list, and
 * what the journal remembers of the list's former mirror stands in the way of none.
 */
public record StoreGuardedJournal(ExportJournal journal) implements ExportJournal {
  @Override
  public JournalLog open(String key) throws IOException {
    return journal.open(key);
  }

  @Override
  public List<String> list() throws IOException {
    return journal.list();
  }

  @Override
  public boolean delete(String key) throws IOException {
    return journal.delete(key);
  }
}
