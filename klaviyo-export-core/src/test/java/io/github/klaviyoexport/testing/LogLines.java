package io.github.klaviyoexport.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** The lines that the library logs until it is closed. */
public final class LogLines extends Handler implements AutoCloseable {
  private final Logger logger = Logger.getLogger("io.github.klaviyoexport");
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  /** Begins to listen. */
  public LogLines() {
    logger.addHandler(this);
  }

  /** Returns the lines so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
  }
}
