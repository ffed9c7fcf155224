package io.github.klaviyoexport.internal.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** All kinds of things that foreign code throws, each quoting a customer wherever it can. */
public final class Thrown {
  /** What each of them says, and nothing of ours may repeat. */
  public static final String QUOTED = "ada@shop.example";

  public static final Map<String, Supplier<Throwable>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("an unchecked exception", () -> new IllegalStateException(QUOTED));
    KINDS.put("a checked exception", () -> new SQLException(QUOTED));
    KINDS.put("an exception that wraps another", () -> new UncheckedIOException(caused()));
    KINDS.put("an assertion", () -> new AssertionError(QUOTED));
    KINDS.put("an overflow of the stack", () -> new StackOverflowError(QUOTED));
    KINDS.put("an exhausted memory", () -> new OutOfMemoryError(QUOTED));
    KINDS.put("a class that does not link", () -> new NoClassDefFoundError(QUOTED));
    KINDS.put("a throwable of its own", () -> new Own(QUOTED));
    KINDS.put("an exception that cannot be read", Mute::new);
  }

  private Thrown() {}

  private static final class Own extends Throwable {
    private static final long serialVersionUID = 1L;

    Own(String message) {
      super(message);
    }
  }

  /** One that throws when it is asked what it is. */
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException(QUOTED);
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException(QUOTED);
    }

    @Override
    public String toString() {
      throw new IllegalStateException(QUOTED);
    }
  }

  private static IOException caused() {
    IOException caused = new IOException(QUOTED, new SQLException(QUOTED));
    caused.addSuppressed(new IllegalStateException(QUOTED));
    return caused;
  }

  /** Lets any throwable pass through an interface that declares less. */
  @SuppressWarnings("unchecked")
  public static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
