package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.klaviyo.ListId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A saved export as far as it can be read here: to be shown, and neither run nor changed.
 *
 * @param formerMemories the keys of what is remembered of segments and lists that it had before
 */
public record UnreadExport(
    String id,
    ExportDefinition definition,
    @Nullable ListId list,
    @Nullable String listName,
    @Nullable Instant scheduledSince,
    @Nullable String changedBy,
    @Nullable Instant changedAt,
    List<String> formerMemories,
    long version,
    String why)
    implements SavedExport {

  /** Returns this with another reason. */
  public UnreadExport why(String why) {
    return new UnreadExport(
        id,
        definition,
        list,
        listName,
        scheduledSince,
        changedBy,
        changedAt,
        formerMemories,
        version,
        why);
  }

  @Override
  public String name() {
    return definition.name();
  }

  /** Returns what a message calls it: its name and id. */
  public String words() {
    return "'" + name() + "' (" + id + ")";
  }

  @Override
  public boolean isActive() {
    return false;
  }

  @Override
  public Optional<String> warning() {
    return Optional.empty();
  }

  @Override
  public Optional<String> notRunnableHere() {
    return Optional.of(why);
  }

  @Override
  public String toJson() {
    return CatalogJson.write(this);
  }

  @Override
  public String toString() {
    return "Export " + words() + ", which cannot be read here";
  }
}
