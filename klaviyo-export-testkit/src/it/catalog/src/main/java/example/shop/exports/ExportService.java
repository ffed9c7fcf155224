package example.shop.exports;

import io.github.klaviyoexport.catalog.Actor;
import io.github.klaviyoexport.catalog.Catalog;
import io.github.klaviyoexport.catalog.CatalogScheduler;
import io.github.klaviyoexport.catalog.Connection;
import io.github.klaviyoexport.catalog.ConnectionDefinition;
import io.github.klaviyoexport.catalog.ExportDefinition;
import io.github.klaviyoexport.catalog.FileCatalogStore;
import io.github.klaviyoexport.catalog.RunRecord;
import io.github.klaviyoexport.catalog.SavedExport;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** A small service: an export is saved once and runs whenever the segments are refreshed. */
public final class ExportService implements AutoCloseable {
  private final Catalog catalog;
  private final CatalogScheduler scheduler;

  /** The service over a directory for what it keeps, and the shop's segments. */
  public ExportService(
      Path directory, ProfileSource segments, UnaryOperator<KlaviyoConnection> klaviyo) {
    this.catalog =
        Catalog.builder()
            .store(FileCatalogStore.in(directory))
            .source(segments)
            .klaviyo(klaviyo)
            .build();
    this.scheduler = CatalogScheduler.start(catalog);
  }

  /** What the administrator does once. */
  public Connection connect(Actor administrator, String keyReference) {
    Connection added =
        catalog.add(
            administrator,
            ConnectionDefinition.apiKey("Klaviyo", keyReference).sharedWithContributors(true));
    catalog.accept(administrator, added.id());
    return catalog.connect(administrator, added.id());
  }

  /** What a contributor does for each export. */
  public SavedExport save(Actor contributor, Connection klaviyo, String segment, String list) {
    return catalog.save(
        contributor,
        ExportDefinition.named(segment + " to " + list)
            .connection(klaviyo.id())
            .listNamed(list)
            .segments(segment)
            .mapping(FieldMapping.email("email").firstName("first_name")));
  }

  /** What the shop calls when its segments are refreshed; waits until the exports have ended. */
  public List<RunRecord> segmentsRefreshed() {
    return catalog.refresh().stream().map(run -> catalog.await(run.id())).toList();
  }

  /** What everybody may look at. */
  public List<RunRecord> history(Actor anybody, SavedExport export) {
    return catalog.history(anybody, export.id());
  }

  @Override
  public void close() {
    scheduler.close();
    catalog.close();
  }
}
