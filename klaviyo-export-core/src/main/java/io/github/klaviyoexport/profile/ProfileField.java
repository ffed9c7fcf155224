package io.github.klaviyoexport.profile;

/**
 * A field of a Klaviyo profile that a source's field can be mapped to.
 *
 * <p>These are the attributes that Klaviyo's bulk import takes (revision 2026-07-15); everything
 * else goes into {@link #PROPERTY custom properties}.
 */
public enum ProfileField {
  /** The email address, by which Klaviyo knows a profile; at most 100 characters. */
  EMAIL("email"),
  /** The phone number in E.164 form, {@code +358401234567}. */
  PHONE_NUMBER("phone_number"),
  /** Your own key for the customer; at most 255 characters. */
  EXTERNAL_ID("external_id"),
  /** The given name. */
  FIRST_NAME("first_name"),
  /** The family name. */
  LAST_NAME("last_name"),
  /** The company or organisation. */
  ORGANIZATION("organization"),
  /** The job title. */
  TITLE("title"),
  /** The language as a BCP 47 tag, {@code en-GB}. */
  LOCALE("locale"),
  /** The address of a picture. */
  IMAGE("image"),
  /** The first line of the street address. */
  ADDRESS1("location.address1"),
  /** The second line of the street address. */
  ADDRESS2("location.address2"),
  /** The city. */
  CITY("location.city"),
  /** The state, county or province. */
  REGION("location.region"),
  /** The postal code. */
  ZIP("location.zip"),
  /** The country. */
  COUNTRY("location.country"),
  /** The latitude in degrees, a number or text. */
  LATITUDE("location.latitude"),
  /** The longitude in degrees, a number or text. */
  LONGITUDE("location.longitude"),
  /** The time zone by its IANA name, {@code Europe/London}. */
  TIMEZONE("location.timezone"),
  /** The last known IP address. */
  IP("location.ip"),
  /** A custom property, under a name of your choice. */
  PROPERTY("properties");

  private final String path;

  ProfileField(String path) {
    this.path = path;
  }

  /**
   * Returns where the field stands among a profile's attributes, {@code location.city} for example.
   */
  public String path() {
    return path;
  }
}
