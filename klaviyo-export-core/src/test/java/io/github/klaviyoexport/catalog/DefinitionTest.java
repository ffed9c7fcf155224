package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.klaviyoexport.SyncMode;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import io.github.klaviyoexport.klaviyo.ListName;
import io.github.klaviyoexport.profile.FieldMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people may write into a definition, and where secrets may be. */
class DefinitionTest {
  private static void assertWrong(ThrowingCallable action, String message) {
    assertThatThrownBy(action)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void names_are_there_and_can_be_read_by_people() {
    assertWrong(() -> Actor.viewer(" "), "An actor needs a name");
    assertWrong(() -> ExportDefinition.named(""), "An export needs a name");
    assertWrong(() -> ConnectionDefinition.apiKey("", "env:KEY"), "A connection needs a name");
    assertWrong(
        () -> ExportDefinition.named("two\nlines"), "An export's name holds a control character");
    assertWrong(() -> ExportDefinition.named("\u200B\uFEFF"), "An export's name cannot be seen");
    assertWrong(() -> ExportDefinition.named("x".repeat(201)), "has 201 characters");
    assertWrong(() -> ExportDefinition.named("x").listNamed("a\tb"), "A list's name holds");
    assertWrong(
        () -> ConnectionDefinition.apiKey("x", "env:KEY").exportUser("\0"),
        "An export user's name holds a control character");
  }

  @Test
  void what_no_store_keeps_as_it_is_names_nothing() {
    String half = "A\ud800B";
    assertWrong(() -> Actor.viewer(half), "An actor's name holds half a surrogate pair");
    assertWrong(() -> ExportDefinition.named(half), "An export's name holds half a surrogate pair");
    assertWrong(() -> ExportDefinition.named("x").segments(half), "segment name holds half");
    assertWrong(() -> ListName.named(half), "or half a surrogate pair in it");
    assertWrong(() -> FieldMapping.email(half), "a source field with half a surrogate pair");
    assertWrong(() -> SecretReference.of("vault:" + half), "Credentials are given by where");
    assertThat(ExportDefinition.named("A\ud83d\ude00B").name()).isEqualTo("A\ud83d\ude00B");
  }

  @Test
  void an_export_has_positive_limits_and_each_segment_once() {
    ExportDefinition export = ExportDefinition.named("x");

    assertWrong(() -> export.limit(0), "The limit must be 1 profile or more; it is 0.");
    assertWrong(() -> export.segments("a", "b", "a"), "The segment a stands twice");
    assertWrong(() -> export.segments("a", " "), "A segment needs a name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pk_1234567890abcdef",
        "",
        "env:",
        "ENV:KEY",
        ":x",
        "file:\n",
        "env:pk_1234567890abcdef1234567890abcdef",
        "klaviyo: pk_1234567890abcdef1234567890abcdef"
      })
  void what_may_be_a_key_itself_is_refused_and_not_repeated(String text) {
    assertThatThrownBy(() -> SecretReference.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as env:KLAVIYO_API_KEY")
        .message()
        .doesNotContain("1234567890");
  }

  @Test
  void a_secret_is_read_from_the_environment_a_file_or_a_vault(@TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("key"), "pk_from_file\r\n");
    SecretStore secrets =
        SecretStore.standard().with("vault", reference -> "pk_of_" + reference.place());

    assertThat(secrets.read(SecretReference.of("file:" + file))).isEqualTo("pk_from_file");
    assertThat(secrets.read(SecretReference.of("env:PATH"))).isEqualTo(System.getenv("PATH"));
    assertThat(secrets.read(SecretReference.of("vault:a:b"))).isEqualTo("pk_of_a:b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\uFEFFpk_1\r\n", "\n\tpk_1", "pk_1\u00A0\u200B", " pk_1\uFEFF"})
  void what_is_invisible_around_a_secret_is_no_part_of_it(String text, @TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("key"), text);

    assertThat(SecretStore.standard().read(SecretReference.of("file:" + file))).isEqualTo("pk_1");
  }

  @Test
  void a_secret_that_is_not_there_is_named_by_its_place(@TempDir Path directory)
      throws IOException {
    SecretStore secrets = SecretStore.standard();
    Path large = Files.write(directory.resolve("large"), new byte[65 * 1024]);
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xFF, (byte) 0xFE});

    assertThatThrownBy(() -> secrets.read(SecretReference.of("env:NO_SUCH_VARIABLE")))
        .isInstanceOf(IOException.class)
        .hasMessage("the environment variable NO_SUCH_VARIABLE is not set: set it");
    assertThatThrownBy(() -> secrets.read(SecretReference.of("file:" + directory + "/none")))
        .hasMessageContaining("there is no file " + directory + "/none");
    assertThatThrownBy(() -> secrets.read(SecretReference.of("file:" + large)))
        .hasMessageContaining("larger than 64 KB");
    assertThatThrownBy(() -> secrets.read(SecretReference.of("file:" + binary)))
        .hasMessageContaining("not text in UTF-8");
    assertThatThrownBy(() -> secrets.read(SecretReference.of("file:" + directory)))
        .hasMessageStartingWith("the file " + directory + " cannot be read (")
        .hasMessageContaining("a file that this process may read");
    assertThatThrownBy(() -> secrets.read(SecretReference.of("vault:x")))
        .hasMessageContaining("no secret store knows the scheme 'vault:'");
  }

  @Test
  void an_export_adds_and_updates_unless_it_is_to_mirror() {
    ExportDefinition upsert = ExportDefinition.named("VIPs").segments("vip-eu").limit(7);
    assertThat(upsert.mode()).isEqualTo(SyncMode.UPSERT);
    assertThat(upsert.maxLeavers()).isEqualTo(0.2);

    ExportDefinition mirror = upsert.mode(SyncMode.MIRROR).maxLeavers(0.5);
    assertThat(mirror.name("Others").detached().limit(8).schedule(Schedule.off()))
        .isEqualTo(
            ExportDefinition.named("Others")
                .schedule(Schedule.off())
                .limit(8)
                .maxLeavers(0.5)
                .mode(SyncMode.MIRROR)
                .segments(upsert.segments()));
    assertWrong(
        () -> mirror.maxLeavers(1.01),
        "The largest share of leavers must be from 0 to 1 (0.2 is a fifth of the list's members);"
            + " it is 1.01.");
    assertWrong(
        () -> mirror.maxLeavers(-0.01),
        "The largest share of leavers must be from 0 to 1 (0.2 is a fifth of the list's members);"
            + " it is -0.01.");
    assertWrong(
        () -> mirror.maxLeavers(Double.NaN),
        "The largest share of leavers must be from 0 to 1 (0.2 is a fifth of the list's members);"
            + " it is NaN.");
  }

  @Test
  void definitions_are_equal_when_all_they_hold_is() {
    ConnectionDefinition connection = ConnectionDefinition.apiKey("EU", "env:KEY");
    ExportDefinition export = ExportDefinition.named("VIPs").connection("c-1").listNamed("VIP");

    assertThat(connection)
        .isEqualTo(ConnectionDefinition.apiKey("EU", "env:KEY"))
        .hasSameHashCodeAs(ConnectionDefinition.apiKey("EU", "env:KEY"))
        .isNotEqualTo(connection.name("US"))
        .isNotEqualTo(connection.credentials("env:OTHER"))
        .isNotEqualTo(connection.sharedWithContributors(true))
        .isNotEqualTo(connection.exportUser("marketing"))
        .isNotEqualTo(ConnectionDefinition.oauthToken("EU", "env:KEY"));
    assertThat(export)
        .isEqualTo(ExportDefinition.named("VIPs").listNamed("VIP").connection("c-1"))
        .hasSameHashCodeAs(ExportDefinition.named("VIPs").listNamed("VIP").connection("c-1"))
        .isNotEqualTo(export.name("Others"))
        .isNotEqualTo(export.detached())
        .isNotEqualTo(export.list(ListId.of("Y6nRLr")))
        .isNotEqualTo(export.segments("vip-eu"))
        .isNotEqualTo(export.mapping(FieldMapping.email("email")))
        .isNotEqualTo(export.mode(SyncMode.MIRROR))
        .isNotEqualTo(export.maxLeavers(0.3))
        .isNotEqualTo(export.limit(7))
        .isNotEqualTo(export.schedule(Schedule.off()));
    assertThat(connection.toString()).contains("EU").doesNotContain("env:KEY");
    assertThat(export.toString()).contains("VIPs", "UPSERT", "every refresh");
  }

  @Test
  void a_catalog_without_store_or_source_is_not_built() {
    assertThatThrownBy(() -> Catalog.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("call store(");
    assertThatThrownBy(() -> Catalog.builder().store(MemoryCatalogStore.create()).build())
        .hasMessageContaining("call source(");
    assertWrong(() -> Catalog.builder().parallelRuns(0), "must be 1 or more; it is 0");
    assertWrong(
        () -> Catalog.builder().takeOverAfter(Duration.ofSeconds(1)), "after 20 seconds or more");
    assertWrong(() -> Catalog.builder().alertAboveRejected(1.5), "from 0 to 1");
    assertWrong(() -> Catalog.builder().alertAboveUsual(0.5), "at least 1");
    assertThat(Catalog.builder().klaviyo(KlaviyoConnection::unpaced)).isNotNull();
  }

  @Test
  void times_that_no_calendar_can_add_are_refused_where_they_are_given() {
    Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
    Duration least = Duration.ofSeconds(Long.MIN_VALUE);
    Catalog.Builder builder = Catalog.builder();

    assertWrong(() -> builder.attempts(3, endless), "30 days or less");
    assertWrong(() -> builder.attempts(3, least), "must be 1 ms or more");
    assertWrong(() -> builder.attempts(3, Duration.ofNanos(1)), "must be 1 ms or more");
    assertWrong(() -> builder.history(9, endless), "36,500 days or less");
    assertWrong(() -> builder.history(9, least), "must be 1 ms or more");
    assertWrong(() -> builder.takeOverAfter(endless), "12 hours or less");
    assertWrong(() -> builder.takeOverAfter(least), "20 seconds or more");
    assertThat(builder.attempts(Integer.MAX_VALUE, Duration.ofDays(30)))
        .isSameAs(builder.history(Integer.MAX_VALUE, Duration.ofDays(36_500)));
  }
}
