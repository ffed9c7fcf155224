package io.github.klaviyoexport.testkit;

/** What the import errors of a {@link FakeKlaviyo} tell of the profile that failed. */
public enum OriginalPayload {
  /** Its attributes: {@code {"email": …}}. */
  ATTRIBUTES,
  /** The whole resource: {@code {"type": "profile", "attributes": {"email": …}}}. */
  RESOURCE,
  /** Nothing, {@code null}. */
  ABSENT
}
