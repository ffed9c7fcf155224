package io.github.klaviyoexport.testkit.internal.api;

import io.github.klaviyoexport.testkit.Operation;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a test is told when it asks the fake for something that cannot be. */
public final class UsageErrors {
  private static final int MAX_PORT = 65_535;

  private UsageErrors() {}

  /** Lets a port through that can be listened on. */
  public static int port(int port) {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          port + " is no port: pass 1 to " + MAX_PORT + ", or 0 for one that is free.");
    }
    return port;
  }

  /** Lets the name of a host through, without a port. */
  public static String hostName(String name) {
    if (!name.matches("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name of a host: pass one such as klaviyo.test, without a port.");
    }
    return name;
  }

  /** Lets the id of an account through: six letters and digits. */
  public static String accountId(String id) {
    if (!id.matches("[A-Za-z0-9]{6}")) {
      throw new IllegalArgumentException(
          "'" + id + "' is no id of an account: pass six letters and digits.");
    }
    return id;
  }

  /** Returns all the scopes there are. */
  public static Set<String> allScopes() {
    return Arrays.stream(Operation.values())
        .flatMap(operation -> operation.scopes().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Lets scopes through that some operation asks for. */
  public static Set<String> scopes(String... scopes) {
    Set<String> known = allScopes();
    for (String scope : scopes) {
      if (!known.contains(scope)) {
        throw new IllegalArgumentException(
            "No operation of the fake asks for the scope '"
                + scope
                + "': pass some of "
                + String.join(", ", known)
                + ".");
      }
    }
    return new TreeSet<>(List.of(scopes));
  }

  /**
   * Lets a duration through that is not negative.
   *
   * @param what what lasts that long, as the beginning of a sentence
   */
  public static Duration notNegative(String what, Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException(what + " cannot be " + duration + ": pass zero or more.");
    }
    return duration;
  }

  /**
   * Lets a number through that is not negative.
   *
   * @param what what it is the number of, as the beginning of a sentence
   */
  public static long notNegative(String what, long number) {
    if (number < 0) {
      throw new IllegalArgumentException(what + " cannot be " + number + ": pass zero or more.");
    }
    return number;
  }

  /** Lets the name of an attribute through that a profile can have. */
  public static String attribute(String field) {
    return attribute(field, ", so none would be refused for it", attributes());
  }

  /**
   * Lets the name of an attribute through that a profile can have, or of a part of its {@code
   * location} or {@code properties}, after a dot.
   */
  public static String attributePath(String path) {
    Set<String> known = attributes();
    if (path.startsWith("location.")) {
      known = new TreeSet<>();
      for (Set<String> parts : List.of(FieldRules.LOCATION_TEXTS, FieldRules.LOCATION_NUMBERS)) {
        for (String part : parts) {
          known.add("location." + part);
        }
      }
    }
    return path.matches("(?s)properties\\..+") ? path : attribute(path, "", known);
  }

  private static Set<String> attributes() {
    Set<String> known = new TreeSet<>(FieldRules.TEXTS);
    known.addAll(Set.of("location", "properties"));
    return known;
  }

  private static String attribute(String name, String therefore, Set<String> known) {
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "No profile has the attribute '"
              + name
              + "'"
              + therefore
              + ": pass one of "
              + String.join(", ", known)
              + ".");
    }
    return name;
  }

  /** Refuses a script that no call would meet. */
  public static void scripted(String what, List<?> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("Nothing is scripted: pass at least one " + what + ".");
    }
  }
}
