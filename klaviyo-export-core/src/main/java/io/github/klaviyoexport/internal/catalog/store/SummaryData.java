package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.Connection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What everybody may see of a connection, as a value. */
public record SummaryData(
    String id, String name, String type, boolean usable, @Nullable String obstacle)
    implements Connection.Summary {
  @Override
  public Optional<String> notUsableHere() {
    return Optional.ofNullable(obstacle);
  }

  @Override
  public String toJson() {
    return CatalogJson.write(this);
  }
}
