package io.github.klaviyoexport.internal.files;

import java.nio.file.Path;

/** The warning, once, of a file that was closed before the export that fills it had ended. */
public final class EarlyClosing {
  private final String what;
  private final Path path;
  private boolean told;

  /**
   * Creates a warning that is not given yet.
   *
   * @param what what the file holds, for people
   */
  public EarlyClosing(String what, Path path) {
    this.what = what;
    this.path = path;
  }

  /** Tells the log that something came which the file does not hold, unless it was told before. */
  public void warn() {
    if (!told) {
      told = true;
      System.getLogger("io.github.klaviyoexport")
          .log(
              System.Logger.Level.WARNING,
              "The file of {0} {1} was closed before its export had ended, and is incomplete:"
                  + " close it when the report is there. The export is not affected.",
              what,
              path);
    }
  }
}
