package io.github.klaviyoexport.testkit;

/** What the import errors of a {@link FakeKlaviyo} tell of the profile that failed. */
public enum OriginalPayload {
  /** Its attributes: {@code {"email": …}}. */
  ATTRIBUTES,
  /** The whole resource: {@code {"type": "profile", "attributes": {"email": …}}}. */
  RESOURCE,
  /** A document of the resource: {@code {"data": {"type": "profile", "attributes": {…}}}}. */
  DOCUMENT,
  /** Its identifiers, named as properties of Klaviyo's own: {@code {"$email": …}}. */
  DOLLARS,
  /** Its external id only, or else its other identifiers: {@code {"id": …}}. */
  ID,
  /** Nothing, {@code null}. */
  ABSENT
}
