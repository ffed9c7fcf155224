package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.SecretReference;
import io.github.klaviyoexport.catalog.SecretStore;
import io.github.klaviyoexport.internal.text.UnquotedFailure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;

/** The secrets that properties refer to, in the places that the catalog's references name. */
final class Secrets {
  private final SecretStore store;

  private Secrets(SecretStore store) {
    this.store = store;
  }

  /** Returns the application's own store, or the environment and files. */
  static Secrets of(ObjectProvider<SecretStore> own) {
    return new Secrets(own.getIfAvailable(SecretStore::standard));
  }

  SecretStore store() {
    return store;
  }

  /**
   * Reads what a property refers to.
   *
   * @throws UnfitPropertyException if there is no secret, or the store fails
   */
  String read(String property, String reference) {
    SecretReference place = Fitting.to(property, () -> SecretReference.of(reference));
    @Nullable String secret;
    try {
      secret = store.read(place);
    } catch (IOException failure) {
      throw new UnfitPropertyException(
          property,
          "leads to no secret: " + failure.getMessage() + ".",
          "Put the secret there, or correct klaviyo.export." + property + ".",
          failure);
    } catch (RuntimeException fault) {
      throw failed(property, "threw " + fault.getClass().getName(), UnquotedFailure.of(fault));
    }
    if (secret == null) {
      throw failed(property, "gave nothing", null);
    }
    return secret;
  }

  private static UnfitPropertyException failed(
      String property, String how, @Nullable Throwable cause) {
    return new UnfitPropertyException(
        property,
        "cannot be read: the application's secret store " + how + ".",
        "Correct the SecretStore, which gives a secret or throws an IOException.",
        cause);
  }
}
