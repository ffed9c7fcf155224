package io.github.klaviyoexport.internal.catalog.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.klaviyoexport.internal.files.PrivateFiles;
import io.github.klaviyoexport.testing.TestTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lock of a directory, and what becomes of a process that was stopped while it had it. */
@Timeout(30)
class DirectoryLockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path directory;
  private final TestTime time = new TestTime();

  @BeforeEach
  void needs_files_that_can_be_replaced_while_they_are_open() {
    assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
  }

  private DirectoryLock take() throws IOException {
    return DirectoryLock.take(directory, time, PATIENCE);
  }

  @Test
  void it_is_had_by_one_and_then_by_the_next() throws IOException {
    take().close();
    DirectoryLock lock = take();
    lock.require();
    lock.close();

    assertThat(time.elapsed()).isZero();
  }

  @Test
  void it_is_taken_over_from_one_that_does_not_let_go() throws IOException {
    DirectoryLock stopped = take();

    try (DirectoryLock next = take()) {
      assertThat(time.elapsed()).isBetween(PATIENCE, PATIENCE.plusSeconds(1));
      next.require();
      assertThatThrownBy(stopped::require)
          .isInstanceOf(IOException.class)
          .hasMessage("its lock was taken over, because this process was stopped for too long");
    }
    stopped.close();
  }

  @Test
  void what_the_stopped_one_was_about_to_move_into_place_is_gone() throws IOException {
    DirectoryLock stopped = take();
    stopped.require();
    Path draft = PrivateFiles.makeTemporaryFile(directory);
    Path place = directory.resolve("place");

    try (DirectoryLock next = take()) {
      next.require();
      assertThatThrownBy(() -> Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE))
          .isInstanceOf(NoSuchFileException.class);
    }
    stopped.close();
  }

  @Test
  void only_its_owner_may_read_it() throws IOException {
    take().close();

    assertThat(
            java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(DirectoryLock.NAME))))
        .isEqualTo("rw-------");
  }
}
