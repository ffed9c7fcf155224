package io.github.klaviyoexport.internal.call;

import java.util.Set;

/**
 * An endpoint of Klaviyo that has a quota of its own, with the quota it starts from and the scopes
 * it takes.
 *
 * <p>Klaviyo counts calls per account and endpoint, in fixed windows of a second and a minute. The
 * figures are those of revision 2026-07-15; responses correct them while an export runs.
 */
public enum Endpoint {
  /** Reads the account. */
  GET_ACCOUNT("get account", 1, 15, "accounts:read"),
  /** Looks lists up. */
  FIND_LISTS("find lists", 75, 750, "lists:read"),
  /** Makes a list; Klaviyo allows 150 a day, too. */
  CREATE_LIST("create list", 10, 150, "lists:write"),
  /** Reads a list. */
  GET_LIST("get list", 75, 750, "lists:read"),
  /** Reads how many members a list has. */
  COUNT_MEMBERS("count list members", 1, 15, "lists:read"),
  /** Reads the members of a list. */
  GET_MEMBERS("get list members", 75, 750, "lists:read", "profiles:read"),
  /** Looks profiles up. */
  FIND_PROFILES("find profiles", 75, 750, "profiles:read"),
  /** Has a profile deleted. */
  DELETE_PROFILE("request profile deletion", 3, 60, "data-privacy:write"),
  /** Removes members from a list. */
  REMOVE_MEMBERS("remove list members", 10, 150, "lists:write", "profiles:write"),
  /** Hands over a batch. */
  IMPORT_PROFILES("import profiles", 10, 150, "lists:write", "profiles:write"),
  /** Lists import jobs. */
  LIST_JOBS("list import jobs", 10, 150, "lists:read", "profiles:read"),
  /** Reads an import job. */
  GET_JOB("get import job", 10, 150, "lists:read", "profiles:read"),
  /** Reads what a job could not import. */
  IMPORT_ERRORS("get import errors", 10, 150, "profiles:read");

  private final String words;
  private final int perSecond;
  private final int perMinute;
  private final Set<String> scopes;

  Endpoint(String words, int perSecond, int perMinute, String... scopes) {
    this.words = words;
    this.perSecond = perSecond;
    this.perMinute = perMinute;
    this.scopes = Set.of(scopes);
  }

  /** Returns the endpoint in words, for messages. */
  public String words() {
    return words;
  }

  /** Returns how many calls a second the quota starts from. */
  int perSecond() {
    return perSecond;
  }

  /** Returns how many calls a minute the quota starts from. */
  int perMinute() {
    return perMinute;
  }

  /** Returns the scopes that a key needs to be let in. */
  Set<String> scopes() {
    return scopes;
  }
}
