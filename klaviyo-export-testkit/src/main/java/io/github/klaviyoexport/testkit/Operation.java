package io.github.klaviyoexport.testkit;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * An operation of Klaviyo's API that the fake account has, named as in Klaviyo's specification.
 *
 * <p>Quotas and scopes are those of revision 2026-07-15.
 */
public enum Operation {
  /** Tells which account the key belongs to. */
  GET_ACCOUNTS("GET", "/api/accounts", 1, 15, "accounts:read"),
  /** Shows the account that the key belongs to, by its id. */
  GET_ACCOUNT("GET", "/api/accounts/{id}", 1, 15, "accounts:read"),
  /** Finds lists. */
  GET_LISTS("GET", "/api/lists", 75, 750, "lists:read"),
  /** Makes a list; 150 a day. */
  CREATE_LIST("POST", "/api/lists", 10, 150, "lists:write"),
  /** Reads one list. */
  GET_LIST("GET", "/api/lists/{id}", 75, 750, "lists:read"),
  /** Gives a list another name or opt-in process. */
  UPDATE_LIST("PATCH", "/api/lists/{id}", 10, 150, "lists:write"),
  /** Deletes a list; its members stay profiles. */
  DELETE_LIST("DELETE", "/api/lists/{id}", 10, 150, "lists:write"),
  /** Reads a list's members. */
  GET_PROFILES_FOR_LIST("GET", "/api/lists/{id}/profiles", 75, 750, "lists:read", "profiles:read"),
  /** Reads the ids of a list's members. */
  GET_PROFILE_IDS_FOR_LIST(
      "GET", "/api/lists/{id}/relationships/profiles", 75, 750, "lists:read", "profiles:read"),
  /** Adds profiles to a list, by their ids. */
  ADD_PROFILES_TO_LIST(
      "POST", "/api/lists/{id}/relationships/profiles", 10, 150, "lists:write", "profiles:write"),
  /** Takes profiles out of a list, by their ids. */
  REMOVE_PROFILES_FROM_LIST(
      "DELETE", "/api/lists/{id}/relationships/profiles", 10, 150, "lists:write", "profiles:write"),
  /** Finds profiles. */
  GET_PROFILES("GET", "/api/profiles", 75, 750, "profiles:read"),
  /** Makes a profile. */
  CREATE_PROFILE("POST", "/api/profiles", 75, 750, "profiles:write"),
  /** Reads one profile. */
  GET_PROFILE("GET", "/api/profiles/{id}", 75, 750, "profiles:read"),
  /** Changes a profile. */
  UPDATE_PROFILE("PATCH", "/api/profiles/{id}", 75, 750, "profiles:write"),
  /** Makes a profile, or changes the one that has its identifiers. */
  CREATE_OR_UPDATE_PROFILE("POST", "/api/profile-import", 75, 750, "profiles:write"),
  /** Reads the lists that a profile is a member of. */
  GET_LISTS_FOR_PROFILE("GET", "/api/profiles/{id}/lists", 3, 60, "lists:read", "profiles:read"),
  /** Reads the ids of the lists that a profile is a member of. */
  GET_LIST_IDS_FOR_PROFILE(
      "GET", "/api/profiles/{id}/relationships/lists", 3, 60, "lists:read", "profiles:read"),
  /** Has customers agree to marketing; done later, without a job to look at. */
  BULK_SUBSCRIBE_PROFILES(
      "POST",
      "/api/profile-subscription-bulk-create-jobs",
      75,
      750,
      "lists:write",
      "profiles:write",
      "subscriptions:write"),
  /** Has customers no longer agree to marketing; done later, without a job to look at. */
  BULK_UNSUBSCRIBE_PROFILES(
      "POST",
      "/api/profile-subscription-bulk-delete-jobs",
      75,
      750,
      "lists:write",
      "profiles:write",
      "subscriptions:write"),
  /** Starts a job that keeps mail from profiles. */
  BULK_SUPPRESS_PROFILES(
      "POST",
      "/api/profile-suppression-bulk-create-jobs",
      75,
      750,
      "profiles:write",
      "subscriptions:write"),
  /** Finds jobs that keep mail from profiles. */
  GET_BULK_SUPPRESS_PROFILES_JOBS(
      "GET", "/api/profile-suppression-bulk-create-jobs", 75, 750, "subscriptions:read"),
  /** Reads a job that keeps mail from profiles. */
  GET_BULK_SUPPRESS_PROFILES_JOB(
      "GET", "/api/profile-suppression-bulk-create-jobs/{id}", 75, 750, "subscriptions:read"),
  /** Starts a job that no longer keeps mail from profiles. */
  BULK_UNSUPPRESS_PROFILES(
      "POST", "/api/profile-suppression-bulk-delete-jobs", 75, 750, "subscriptions:write"),
  /** Finds jobs that no longer keep mail from profiles. */
  GET_BULK_UNSUPPRESS_PROFILES_JOBS(
      "GET", "/api/profile-suppression-bulk-delete-jobs", 75, 750, "subscriptions:read"),
  /** Reads a job that no longer keeps mail from profiles. */
  GET_BULK_UNSUPPRESS_PROFILES_JOB(
      "GET", "/api/profile-suppression-bulk-delete-jobs/{id}", 75, 750, "subscriptions:read"),
  /** Has a profile deleted; done later. */
  REQUEST_PROFILE_DELETION("POST", "/api/data-privacy-deletion-jobs", 3, 60, "data-privacy:write"),
  /** Starts a job that imports profiles. */
  BULK_IMPORT_PROFILES(
      "POST", "/api/profile-bulk-import-jobs", 10, 150, "lists:write", "profiles:write"),
  /** Finds import jobs. */
  GET_BULK_IMPORT_PROFILES_JOBS(
      "GET", "/api/profile-bulk-import-jobs", 10, 150, "lists:read", "profiles:read"),
  /** Reads one import job. */
  GET_BULK_IMPORT_PROFILES_JOB(
      "GET", "/api/profile-bulk-import-jobs/{id}", 10, 150, "lists:read", "profiles:read"),
  /** Reads the profiles that a job failed to import. */
  GET_ERRORS_FOR_BULK_IMPORT_PROFILES_JOB(
      "GET", "/api/profile-bulk-import-jobs/{id}/import-errors", 10, 150, "profiles:read"),
  /** Reads the profiles that a job touched. */
  GET_PROFILES_FOR_BULK_IMPORT_PROFILES_JOB(
      "GET", "/api/profile-bulk-import-jobs/{id}/profiles", 10, 150, "profiles:read"),
  /** Reads the ids of the profiles that a job touched. */
  GET_PROFILE_IDS_FOR_BULK_IMPORT_PROFILES_JOB(
      "GET", "/api/profile-bulk-import-jobs/{id}/relationships/profiles", 10, 150, "profiles:read"),
  /** Reads the lists that a job's profiles join. */
  GET_LIST_FOR_BULK_IMPORT_PROFILES_JOB(
      "GET", "/api/profile-bulk-import-jobs/{id}/lists", 10, 150, "lists:read"),
  /** Reads the ids of the lists that a job's profiles join. */
  GET_LIST_IDS_FOR_BULK_IMPORT_PROFILES_JOB(
      "GET", "/api/profile-bulk-import-jobs/{id}/relationships/lists", 10, 150, "lists:read");

  private final String method;
  private final String path;
  private final int burst;
  private final int steady;
  private final List<String> scopes;

  Operation(String method, String path, int burst, int steady, String... scopes) {
    this.method = method;
    this.path = path;
    this.burst = burst;
    this.steady = steady;
    this.scopes = List.of(scopes);
  }

  /** Returns the name in Klaviyo's specification, {@code bulk_import_profiles} for example. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the HTTP method. */
  public String method() {
    return method;
  }

  /** Returns the path, with {@code {id}} where an id stands. */
  public String path() {
    return path;
  }

  /** Returns how many calls Klaviyo takes in a second. */
  public int burst() {
    return burst;
  }

  /** Returns how many calls Klaviyo takes in a minute. */
  public int steady() {
    return steady;
  }

  /** Returns how many calls Klaviyo takes in a day; empty when days are not counted. */
  public OptionalInt daily() {
    return this == CREATE_LIST ? OptionalInt.of(150) : OptionalInt.empty();
  }

  /** Returns the scopes that a key must have. */
  public List<String> scopes() {
    return scopes;
  }
}
