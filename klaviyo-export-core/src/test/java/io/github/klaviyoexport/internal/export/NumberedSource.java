package io.github.klaviyoexport.internal.export;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.FieldNames;
import io.github.klaviyoexport.source.ProfileReader;
import io.github.klaviyoexport.source.ProfileSource;
import io.github.klaviyoexport.source.Segment;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Numbered customers, and what was done with their reader. */
final class NumberedSource implements ProfileSource {
  private final int customers;
  private final OptionalLong size;
  FieldNames fields = Lab.FIELDS;
  private int failAt = -1;
  private @Nullable Exception failure;
  @Nullable Exception closing;
  boolean interruptingFirst;
  Runnable whenClosed = () -> {};
  volatile int opened;
  volatile int read;
  volatile int closed;

  NumberedSource(int customers, OptionalLong size) {
    this.customers = customers;
    this.size = size;
  }

  void failAt(int profile, Exception failure) {
    this.failAt = profile;
    this.failure = failure;
  }

  @Override
  public ProfileReader open(Segment segment) {
    opened++;
    return new ProfileReader() {
      @Override
      public @Nullable CustomerProfile next() {
        if (read == failAt && failure != null) {
          if (interruptingFirst) {
            Thread.currentThread().interrupt();
          }
          throw sneaky(failure);
        }
        return read == customers ? null : Lab.customer(++read);
      }

      @Override
      public OptionalLong size() {
        return size;
      }

      @Override
      public Optional<FieldNames> fields() {
        return Optional.of(fields);
      }

      @Override
      public void close() {
        closed++;
        whenClosed.run();
        if (closing != null) {
          throw sneaky(closing);
        }
      }
    };
  }

  /** Lets any throwable pass through an interface that declares less. */
  @SuppressWarnings("unchecked")
  static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
    throw (T) failure;
  }
}
