package example.shop.service;

import io.github.klaviyoexport.ExportRun;
import io.github.klaviyoexport.MappingSample;
import io.github.klaviyoexport.SegmentExporter;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.profile.FieldMapping;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import jakarta.inject.Singleton;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Exports over HTTP: one is started, looked at and waited for, and a mapping is tried. */
@Path("/exports")
@Singleton
@Produces(MediaType.APPLICATION_JSON)
public class Exports {
  private final SegmentExporter exporter;
  private final ProfileSource customers;
  private final ListId list;
  private final Map<String, ExportRun> runs = new ConcurrentHashMap<>();

  Exports(
      SegmentExporter exporter,
      ProfileSource customers,
      @ConfigProperty(name = "klaviyo.list") String list) {
    this.exporter = exporter;
    this.customers = customers;
    this.list = ListId.of(list);
  }

  @POST
  @Path("{segment}")
  public Response start(@PathParam("segment") String segment) {
    runs.put(segment, exporter.prepare(Segment.named(segment), list).continueUnfinished().start());
    return Response.accepted().build();
  }

  /** Waits for the end on no thread of the server's. */
  @GET
  @Path("{segment}/report")
  public CompletionStage<String> report(@PathParam("segment") String segment) {
    ExportRun run = runs.get(segment);
    if (run == null) {
      throw new NotFoundException("Nothing was exported of this segment.");
    }
    return run.report().thenApply(report -> report.toJson());
  }

  /** What a mapping makes of the first customers; Jackson reads it by {@link KlaviyoJson}. */
  @POST
  @Path("{segment}/sample")
  @Consumes(MediaType.APPLICATION_JSON)
  public String sample(@PathParam("segment") String segment, FieldMapping mapping) {
    return MappingSample.of(customers, Segment.named(segment), mapping, 10).toJson();
  }
}
