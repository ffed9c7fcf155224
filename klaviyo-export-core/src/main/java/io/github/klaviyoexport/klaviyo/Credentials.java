package io.github.klaviyoexport.klaviyo;

import java.util.function.Supplier;

/**
 * The credentials of a connection: an API key or OAuth access tokens.
 *
 * <p>They also tell accounts apart: calls with equal credentials share one quota in this JVM.
 */
public final class Credentials {
  private final Supplier<String> header;
  private final Object identity;
  private final boolean refreshable;

  Credentials(Supplier<String> header, Object identity, boolean refreshable) {
    this.header = header;
    this.identity = identity;
    this.refreshable = refreshable;
  }

  /** Returns the value of the Authorization header of the next request. */
  public String authorization() {
    return header.get();
  }

  /** Returns whether asking again after a 401 may bring another token. */
  public boolean refreshable() {
    return refreshable;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Credentials that && identity.equals(that.identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  /** Returns that there are credentials, and nothing of them. */
  @Override
  public String toString() {
    return "Credentials[hidden]";
  }
}
