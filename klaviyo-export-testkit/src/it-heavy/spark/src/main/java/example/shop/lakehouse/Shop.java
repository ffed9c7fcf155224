package example.shop.lakehouse;

import io.github.klaviyoexport.klaviyo.ApiKey;
import io.github.klaviyoexport.klaviyo.KlaviyoConnection;
import io.github.klaviyoexport.klaviyo.ListId;
import java.io.Serializable;
import java.net.URI;

/**
 * A shop with a Klaviyo account of its own.
 *
 * @param keyVariable the environment variable or system property of the executors with its key; the
 *     key itself travels with no task
 */
public record Shop(String name, String server, String keyVariable, String listId)
    implements Serializable {
  KlaviyoConnection klaviyo() {
    String key = System.getProperty(keyVariable);
    return KlaviyoConnection.of(key == null ? ApiKey.fromEnvironment(keyVariable) : ApiKey.of(key))
        .baseUrl(URI.create(server));
  }

  ListId list() {
    return ListId.of(listId);
  }
}
