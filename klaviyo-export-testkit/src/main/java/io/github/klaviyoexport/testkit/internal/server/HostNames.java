package io.github.klaviyoexport.testkit.internal.server;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names under which an address may be called: this machine's, and those that were given to it.
 *
 * <p>Under any other name it was reached through a stranger's DNS, by a page in a browser of this
 * machine, and neither shows an account nor changes it.
 */
final class HostNames {
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-f:]+]|[^:\\[\\]]+)(:\\d+)?", Pattern.CASE_INSENSITIVE);

  private final Set<String> names = ConcurrentHashMap.newKeySet();

  HostNames() {
    names.addAll(Set.of("localhost", "127.0.0.1", "[::1]"));
  }

  void add(Set<String> more) {
    more.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
  }

  /** Returns whether a {@code Host} header holds one of the names, with a port or without. */
  boolean has(@Nullable String host) {
    if (host == null) {
      return false;
    }
    Matcher parts = HOST.matcher(host);
    return parts.matches() && names.contains(parts.group(1).toLowerCase(Locale.ROOT));
  }
}
