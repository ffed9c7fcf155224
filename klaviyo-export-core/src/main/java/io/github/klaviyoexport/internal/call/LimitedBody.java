package io.github.klaviyoexport.internal.call;

import io.github.klaviyoexport.klaviyo.TransportException;
import io.github.klaviyoexport.klaviyo.TransportException.Fate;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A response's body, collected in memory up to {@value #MAX_BYTES} bytes; a larger one is given up.
 */
final class LimitedBody implements BodySubscriber<byte[]> {
  static final int MAX_BYTES = 16 * 1024 * 1024;

  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes;
  private final boolean announcedTooLarge;
  private Flow.@Nullable Subscription subscription;

  LimitedBody(HttpHeaders headers) {
    long announced = headers.firstValueAsLong("Content-Length").orElse(0);
    announcedTooLarge = announced > MAX_BYTES;
    bytes = new ByteArrayOutputStream((int) Math.max(0, Math.min(announced, 64 * 1024)));
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (announcedTooLarge) {
      giveUp();
    } else {
      subscription.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (bytes.size() + buffer.remaining() > MAX_BYTES) {
        giveUp();
        return;
      }
      byte[] part = new byte[buffer.remaining()];
      buffer.get(part);
      bytes.write(part, 0, part.length);
    }
  }

  private void giveUp() {
    if (subscription != null) {
      subscription.cancel();
    }
    body.completeExceptionally(
        new TransportException(
            Fate.UNUSABLE,
            "the response is larger than the "
                + MAX_BYTES / (1024 * 1024)
                + " MiB that are read: is the base URL Klaviyo's?",
            null));
  }

  @Override
  public void onError(Throwable failure) {
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    body.complete(bytes.toByteArray());
  }
}
