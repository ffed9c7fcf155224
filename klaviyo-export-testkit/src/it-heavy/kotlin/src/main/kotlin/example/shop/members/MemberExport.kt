package example.shop.members

import io.github.klaviyoexport.ExportListener
import io.github.klaviyoexport.ExportReport
import io.github.klaviyoexport.SegmentExporter
import io.github.klaviyoexport.journal.FileJournal
import io.github.klaviyoexport.klaviyo.KlaviyoConnection
import io.github.klaviyoexport.klaviyo.ListRef
import io.github.klaviyoexport.profile.Conversion
import io.github.klaviyoexport.profile.CustomerProfile
import io.github.klaviyoexport.profile.FieldMapping
import io.github.klaviyoexport.profile.Rejection
import io.github.klaviyoexport.source.ProfileReader
import io.github.klaviyoexport.source.Segment
import java.nio.file.Path

/** A member of the shop, as the shop knows it. */
data class Member(val number: Int, val email: String?, val name: String, val points: String? = null)

/** Brings the shop's members onto a list of Klaviyo's. */
class MemberExport(
    members: (String) -> List<Member>,
    klaviyo: KlaviyoConnection,
    journal: Path,
    private val list: ListRef,
) : AutoCloseable {
  /** The numbers of the members who were set aside. */
  val setAside = mutableListOf<String>()

  private val exporter = exporter(members, klaviyo, journal)

  /** Exports a segment, and goes on with an export that was cut off. */
  fun run(name: String): ExportReport =
      exporter
          .prepare(Segment.named(name), list)
          .continueUnfinished()
          .listener(
              object : ExportListener {
                override fun rejected(rejection: Rejection) {
                  rejection.customerId?.let(setAside::add)
                }
              })
          .run()

  override fun close() = exporter.close()
}

private fun Member.profile(): CustomerProfile =
    CustomerProfile.of("$number", mapOf("email" to email, "name" to name, "points" to points))

private fun exporter(
    members: (String) -> List<Member>,
    klaviyo: KlaviyoConnection,
    journal: Path,
): SegmentExporter {
  val exporter =
      SegmentExporter.builder()
          .source { segment -> ProfileReader.of(members(segment.name).map(Member::profile)) }
          .klaviyo(klaviyo)
          .mapping(
              FieldMapping.email("email")
                  .firstName("name")
                  .property("points").converted(Conversion.number()).orClear()
                  .computed("initial") { member -> (member.value("name") as? String)?.take(1) })
          .journal(FileJournal.directory(journal))
          .build()
  return exporter
}
