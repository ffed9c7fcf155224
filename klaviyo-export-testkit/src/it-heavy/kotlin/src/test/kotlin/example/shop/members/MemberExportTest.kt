package example.shop.members

import io.github.klaviyoexport.ExportException
import io.github.klaviyoexport.SegmentExporter
import io.github.klaviyoexport.klaviyo.ListRef
import io.github.klaviyoexport.profile.FieldMapping
import io.github.klaviyoexport.source.Segment
import io.github.klaviyoexport.testkit.Customer
import io.github.klaviyoexport.testkit.FakeKlaviyo
import io.github.klaviyoexport.testkit.Fault
import io.github.klaviyoexport.testkit.InMemorySegments
import io.github.klaviyoexport.testkit.Operation
import io.github.klaviyoexport.testkit.assertj.KlaviyoAssertions.assertThat
import io.github.klaviyoexport.testkit.junit.KlaviyoExtension
import java.nio.file.Path
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatExceptionOfType
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.extension.ExtendWith
import org.junit.jupiter.api.extension.RegisterExtension
import org.junit.jupiter.api.io.TempDir

class MemberExportTest {
  companion object {
    @JvmField @RegisterExtension val KLAVIYO: KlaviyoExtension = KlaviyoExtension.overHttp().strict()
  }

  private val members =
      listOf(
          Member(17, "ada@shop.example", "Ada", "120"),
          Member(18, "bo at shop.example", "Bo"),
          Member(19, null, "Cy", "7"))

  @Test
  fun `members are on the list, and those without an address are named`(
      klaviyo: FakeKlaviyo,
      @TempDir journal: Path,
  ) {
    MemberExport({ members }, klaviyo.connection(), journal, ListRef.id(klaviyo.listId().value)).use {
      assertThat(it.run("members")).isConfirmed().hasAccepted(1)
      assertThat(it.setAside).containsExactly("18", "19")
    }
    assertThat(klaviyo.list())
        .holdsExactly("ada@shop.example")
        .hasProperty("ada@shop.example", "points", 120)
        .hasProperty("ada@shop.example", "initial", "A")
  }

  @Test
  fun `an export that cannot go on says why`(klaviyo: FakeKlaviyo, @TempDir journal: Path) {
    MemberExport({ members }, klaviyo.connection(), journal, ListRef.named("No such list")).use {
      assertThatExceptionOfType(ExportException::class.java)
          .isThrownBy { it.run("members") }
          .matches { stopped -> stopped.reason() == ExportException.Reason.LIST_NOT_FOUND }
    }
  }
}

@ExtendWith(KlaviyoExtension::class)
class LoyaltyTest {
  @Test
  fun `a busy Klaviyo is waited for, and no time passes`(
      klaviyo: FakeKlaviyo,
      segments: InMemorySegments,
      exporter: SegmentExporter.Builder,
  ) {
    val ada = Customer.of("c-17").email("ada@shop.example").field("LTV", 120)
    segments.segment("vip", ada.profile(), ada.withId("c-18").email("bo@shop.example").profile())
    klaviyo.script(Operation.BULK_IMPORT_PROFILES, Fault.rateLimited())

    exporter.mapping(FieldMapping.email("EMailAddress").property("LTV")).build().use {
      assertThat(it.export(Segment.named("vip"), klaviyo.listId())).isConfirmed().hasAccepted(2)
    }
    assertThat(klaviyo.list()).hasProperty("bo@shop.example", "LTV", 120)
  }
}
