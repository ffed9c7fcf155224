package io.github.klaviyoexport.internal.call;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What java.net.http says of proxies: which one stands in the way, and what it has answered, where
 * the client tells of that in the words of an exception only.
 *
 * <p>The words are those of JDK 17 to 25. Of other words nothing follows, so that a JDK that puts
 * it otherwise costs the advice and nothing else.
 */
final class Proxies {
  private static final Pattern TUNNEL = Pattern.compile("Tunnel failed, got: (\\d{3})");
  private static final Pattern NO_SCHEME =
      Pattern.compile(".*header missing for response code (401|407)");
  private static final Pattern NO_CREDENTIALS =
      Pattern.compile("No credentials provided|too many authentication attempts.*");

  private Proxies() {}

  /**
   * Returns the proxy that requests to an address go through, as host and port.
   *
   * @param client the caller's own; {@code null} for ours, which asks the JVM's default selector
   * @return {@code null} if there is none, or it cannot be told
   */
  static @Nullable String between(@Nullable HttpClient client, URI uri) {
    ProxySelector selector =
        client == null
            ? ProxySelector.getDefault()
            : client.proxy().orElseGet(ProxySelector::getDefault);
    if (selector == null) {
      return null;
    }
    try {
      for (Proxy proxy : selector.select(uri)) {
        if (proxy.type() != Proxy.Type.DIRECT && proxy.address() instanceof InetSocketAddress at) {
          return at.getHostString() + ":" + at.getPort();
        }
      }
    } catch (RuntimeException broken) {
      // A selector of the caller's that fails is the client's to meet, not the advice's.
    }
    return null;
  }

  /** Returns with which status a proxy has refused to make a tunnel; empty if that is not it. */
  static OptionalInt tunnelRefusal(Throwable failure) {
    Matcher matcher = TUNNEL.matcher(words(failure));
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /**
   * Returns which status stands behind the failure of a client that has an authenticator and could
   * not answer with it: 401 or 407; empty if that is not it.
   *
   * @param proxied whether there is a proxy, which then is the likelier to have asked
   */
  static OptionalInt unmetChallenge(Throwable failure, boolean proxied) {
    Matcher scheme = NO_SCHEME.matcher(words(failure));
    if (scheme.matches()) {
      return OptionalInt.of(Integer.parseInt(scheme.group(1)));
    }
    return NO_CREDENTIALS.matcher(words(failure)).matches()
        ? OptionalInt.of(proxied ? 407 : 401)
        : OptionalInt.empty();
  }

  private static String words(Throwable failure) {
    String words = failure instanceof IOException ? failure.getMessage() : null;
    return words == null ? "" : words;
  }
}
