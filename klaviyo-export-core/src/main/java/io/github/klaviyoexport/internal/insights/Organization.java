package io.github.klaviyoexport.internal.insights;

import java.net.URI;
import java.util.Set;

/** What is asked of the URL of a Dataverse environment, or of where its tokens come from. */
public final class Organization {
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private Organization() {}

  /**
   * Returns the root of a URL that credentials may be sent to.
   *
   * @throws IllegalArgumentException if it is not https, unless it is this machine, or has more
   *     than scheme, host and port
   */
  public static URI checked(URI uri) {
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null || uri.getRawQuery() != null) {
      throw new IllegalArgumentException(
          "The URL must name a host and nothing after it: pass https://contoso.crm.dynamics.com,"
              + " for example.");
    }
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    if (!https && !("http".equalsIgnoreCase(uri.getScheme()) && THIS_MACHINE.contains(host))) {
      throw new IllegalArgumentException(
          "The URL of " + host + " must begin with https://, because tokens are sent to it.");
    }
    String path = uri.getRawPath();
    if (!path.isEmpty() && !path.equals("/")) {
      throw new IllegalArgumentException(
          "The URL of " + host + " must end with the host: pass https://" + host + ".");
    }
    return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
  }

  /** Returns whether scheme, host and port are the same. */
  static boolean isSameOrigin(URI one, URI other) {
    return one.getHost() != null
        && one.getHost().equalsIgnoreCase(other.getHost())
        && String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme())
        && port(one) == port(other)
        && one.getRawUserInfo() == null;
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : "http".equalsIgnoreCase(uri.getScheme()) ? 80 : 443;
  }
}
