package io.github.klaviyoexport;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The exception of an erasure that could not be carried out whole. Do what its message says, and
 * ask for the erasure again: what was done is not undone, and doing it twice does no harm.
 *
 * <p>The message holds no identifier. The receipt is not serialised with the exception.
 */
public final class ErasureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ErasureReceipt receipt;

  /**
   * Creates the exception of an erasure that stopped. Exporters do.
   *
   * @param receipt what had been done by then
   */
  public ErasureException(String message, ErasureReceipt receipt, @Nullable Throwable cause) {
    super(message, cause);
    this.receipt = Objects.requireNonNull(receipt, "receipt");
  }

  /** Returns what had been done by then. */
  public ErasureReceipt receipt() {
    return receipt;
  }
}
