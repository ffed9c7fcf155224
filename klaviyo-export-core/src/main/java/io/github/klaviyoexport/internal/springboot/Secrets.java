package io.github.klaviyoexport.internal.springboot;

import io.github.klaviyoexport.catalog.SecretReference;
import io.github.klaviyoexport.catalog.SecretStore;
import java.io.IOException;
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
   * @throws UnfitPropertyException if there is no secret
   */
  String read(String property, String reference) {
    SecretReference place = Fitting.to(property, () -> SecretReference.of(reference));
    try {
      return store.read(place);
    } catch (IOException failure) {
      throw new UnfitPropertyException(
          property,
          "leads to no secret: " + failure.getMessage() + ".",
          "Put the secret there, or correct klaviyo.export." + property + ".",
          failure);
    }
  }
}
