package io.github.klaviyoexport.internal.api;

import io.github.klaviyoexport.internal.text.InWords;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayList;
import java.util.List;

/**
 * The email addresses, or phone numbers, that one call looks profiles up by: as many as it takes.
 *
 * <p>They stand in the address of the request, in quotes and percent-encoded, which many a server
 * on the way takes up to 8,192 characters of.
 */
public final class AddressQuery {
  /** The most addresses of a call: as many profiles fit on a page. */
  public static final int MAX_ADDRESSES = 100;

  private static final int MAX_CHARS = 6_000;

  private final ProfileField kind;
  private final List<String> addresses = new ArrayList<>();
  private int chars;

  /** Creates a query of no email addresses. */
  public AddressQuery() {
    this(ProfileField.EMAIL);
  }

  /** Creates a query of no identifiers of that kind. */
  public AddressQuery(ProfileField kind) {
    this.kind = kind;
  }

  /** Adds an address; returns false, and does not, if the call takes no more. */
  public boolean add(String address) {
    int more = length(address);
    if (!addresses.isEmpty() && (addresses.size() == MAX_ADDRESSES || chars + more > MAX_CHARS)) {
      return false;
    }
    addresses.add(address);
    chars += more;
    return true;
  }

  /** Returns whether the call takes all of these as well. */
  public boolean hasRoomFor(List<String> more) {
    int length = chars;
    for (String address : more) {
      length += length(address);
    }
    return addresses.isEmpty()
        || addresses.size() + more.size() <= MAX_ADDRESSES && length <= MAX_CHARS;
  }

  private static int length(String address) {
    return Klaviyo.encoded(Klaviyo.quoted(address) + ",").length();
  }

  /** Returns how many addresses there are. */
  public int size() {
    return addresses.size();
  }

  /** Returns two that have half of the addresses each. */
  public List<AddressQuery> halves() {
    AddressQuery first = new AddressQuery(kind);
    AddressQuery second = new AddressQuery(kind);
    for (int i = 0; i < addresses.size(); i++) {
      (i < addresses.size() / 2 ? first : second).add(addresses.get(i));
    }
    return List.of(first, second);
  }

  /** Returns the filter, in Klaviyo's grammar. */
  String filter() {
    return "any("
        + kind.path()
        + ",["
        + String.join(",", addresses.stream().map(Klaviyo::quoted).toList())
        + "])";
  }

  /** Returns how many addresses there are: they are personal data. */
  @Override
  public String toString() {
    return "AddressQuery[" + InWords.count(addresses.size(), "address", "addresses") + "]";
  }
}
