package io.github.klaviyoexport.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file of a secret is read as far as a secret is long, whatever it is. */
@Timeout(30)
class SecretFileTest {
  @TempDir Path directory;

  private static String read(Path file) throws IOException {
    return SecretStore.standard().read(SecretReference.of("file:" + file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/zero", "/dev/random", "/dev/full", "/dev/null"})
  void a_device_is_no_secret(String device) {
    assumeThat(Path.of(device)).exists();

    assertThatThrownBy(() -> read(Path.of(device)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the file " + device + " cannot be read (")
        .hasMessageContaining("no directory, device or pipe");
  }

  @Test
  void a_pipe_is_not_waited_for() throws Exception {
    Path pipe = directory.resolve("pipe");
    assumeThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> read(pipe)).hasMessageContaining("no directory, device or pipe");
  }

  @Test
  void a_file_that_says_it_is_empty_is_read_to_its_end() throws IOException {
    Path told = Path.of("/proc/self/cmdline");
    assumeThat(told).isRegularFile();

    assertThat(read(told)).isNotEmpty();
  }

  @Test
  void the_size_of_a_secret_is_bounded_to_the_byte() throws IOException {
    String longest = "x".repeat(64 * 1024);
    Path file = Files.writeString(directory.resolve("key"), longest);
    assertThat(read(file)).isEqualTo(longest);

    Files.writeString(file, longest + "x");
    assertThatThrownBy(() -> read(file)).hasMessageContaining("larger than 64 KB");
  }

  @Test
  void a_file_of_terabytes_is_not_read_into_memory() throws IOException {
    Path file = directory.resolve("key");
    try (var out =
        Files.newByteChannel(
            file,
            java.nio.file.StandardOpenOption.CREATE_NEW,
            java.nio.file.StandardOpenOption.WRITE,
            java.nio.file.StandardOpenOption.SPARSE)) {
      out.position(1L << 40).write(java.nio.ByteBuffer.wrap(new byte[] {1}));
    }

    assertThatThrownBy(() -> read(file)).hasMessageContaining("larger than 64 KB");
  }

  @Test
  void a_link_is_followed_as_secrets_are_mounted_by_links() throws IOException {
    Path file = Files.writeString(directory.resolve("..data"), "pk_1\n");
    Path link = Files.createSymbolicLink(directory.resolve("key"), file);

    assertThat(read(link)).isEqualTo("pk_1");
  }

  @Test
  void bytes_that_are_no_text_are_quoted_nowhere() throws IOException {
    Path file =
        Files.write(
            directory.resolve("key"), "pk_canary\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> read(file))
        .hasMessageContaining("not text in UTF-8")
        .hasNoCause()
        .message()
        .doesNotContain("canary");
  }
}
