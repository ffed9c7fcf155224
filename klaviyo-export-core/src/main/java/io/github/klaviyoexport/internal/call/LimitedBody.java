package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A response's body, collected in memory up to {@value #MAX_BYTES} bytes; a larger one is given up,
 * but for a refusal, of which so much is kept.
 *
 * <p>That is what an answer can need: a page of a job's import errors repeats at most the rows of
 * one import, of which Klaviyo takes 5,000,000 bytes, and adds 1,000 to each of a hundred; a
 * refusal that names each of 10,000 rows has 600 for each; all others are pages of a hundred small
 * items. Four times as much is still little in a heap of 48 MB, and that many copies there may be.
 */
final class LimitedBody implements BodySubscriber<LimitedBody> {
  static final int MAX_BYTES = 6 * 1024 * 1024;

  private final CompletableFuture<LimitedBody> body = new CompletableFuture<>();
  private final Queue<byte[]> parts = new ArrayDeque<>();
  private final boolean refusal;
  private final boolean announcedTooLarge;
  private int bytes;
  private Flow.@Nullable Subscription subscription;

  LimitedBody(int status, HttpHeaders headers) {
    refusal = status >= 400;
    announcedTooLarge =
        !refusal && headers.firstValueAsLong("Content-Length").orElse(0) > MAX_BYTES;
  }

  @Override
  public CompletionStage<LimitedBody> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (announcedTooLarge) {
      giveUp(tooLarge());
    } else {
      subscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (body.isDone()) {
      return;
    }
    try {
      for (ByteBuffer buffer : buffers) {
        boolean tooLarge = bytes + buffer.remaining() > MAX_BYTES;
        if (tooLarge && !refusal) {
          giveUp(tooLarge());
          return;
        }
        byte[] part = new byte[Math.min(buffer.remaining(), MAX_BYTES - bytes)];
        buffer.get(part);
        parts.add(part);
        bytes += part.length;
        if (tooLarge) {
          onComplete();
          cancel();
          return;
        }
      }
    } catch (OutOfMemoryError full) {
      giveUp(noMemory());
    }
  }

  private void giveUp(TransportException why) {
    parts.clear();
    cancel();
    body.completeExceptionally(why);
  }

  private void cancel() {
    if (subscription != null) {
      subscription.cancel();
    }
  }

  private static TransportException tooLarge() {
    return new TransportException(
        Fate.UNUSABLE,
        "the response is larger than the "
            + MAX_BYTES / (1024 * 1024)
            + " MiB that are read, and Klaviyo's are not: is the base URL Klaviyo's?",
        null);
  }

  /** Returns the failure of an answer for which there is no memory. */
  static TransportException noMemory() {
    return new TransportException(
        Fate.UNKNOWN,
        "there is no memory for the response: give Java a larger heap (-Xmx), or the export fewer"
            + " batches at a time with batchesInFlight(...)",
        null);
  }

  @Override
  public void onError(Throwable failure) {
    parts.clear();
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(this);
  }

  /** Returns the bytes, and lets go of them: what is collected is held once. */
  byte[] take() {
    byte[] whole = new byte[bytes];
    int at = 0;
    for (byte[] part = parts.poll(); part != null; part = parts.poll()) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }
}
