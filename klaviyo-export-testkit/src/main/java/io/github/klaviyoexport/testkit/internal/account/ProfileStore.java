package io.github.klaviyoexport.testkit.internal.account;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.klaviyoexport.testkit.internal.api.JsonValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of an account, numbered from 0 in the order in which they were made.
 *
 * <p>A profile is the bytes of its attributes as JSON and a few numbers, so that a million fit into
 * a small heap.
 */
public final class ProfileStore {
  // Ids look like ULIDs: a head of the account's own, and 13 digits that hide the number.
  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int TAIL = 13;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;
  private static final long GATHER = inverse(SPREAD);

  private final String idHead;
  private final Map<Identifier, IdentifierIndex> indexes = new EnumMap<>(Identifier.class);
  private final Map<Integer, List<String>> secondaryAddresses = new HashMap<>();
  private byte[] @Nullable [] attributes = new byte[64][];
  private long[] created = new long[64];
  private long[] updated = new long[64];
  // Orders in which all profiles were asked for, until one of them changes.
  private final Map<String, int[]> orders = new HashMap<>();
  private int size;
  private int removed;

  /** What a profile is known by. */
  public enum Identifier {
    EMAIL("email"),
    PHONE("phone_number"),
    EXTERNAL_ID("external_id");

    private final String field;

    Identifier(String field) {
      this.field = field;
    }

    /** Returns the attribute that holds it. */
    public String field() {
      return field;
    }

    /** Returns the form in which two values are compared; emails without regard to case. */
    private String normalised(String value) {
      return this == EMAIL ? value.toLowerCase(Locale.ROOT) : value;
    }
  }

  ProfileStore(long seed) {
    this.idHead = "01K" + digits(seed, 10);
    for (Identifier identifier : Identifier.values()) {
      indexes.put(identifier, new IdentifierIndex());
    }
  }

  /** Returns one more than the last number. */
  public int end() {
    return size;
  }

  /** Returns how many profiles there are. */
  public int count() {
    return size - removed;
  }

  /** Returns whether the profile of that number is there; it may have been removed. */
  public boolean has(int number) {
    return attributes[number] != null;
  }

  /**
   * Returns the numbers of all profiles in an order, which is not to be changed.
   *
   * @param name what it is kept under until a profile changes
   * @param sort sorts them
   */
  public int[] inOrder(String name, Supplier<int[]> sort) {
    return orders.computeIfAbsent(name, any -> sort.get());
  }

  /** Removes a profile; its number is not given again. */
  void remove(int number) {
    orders.clear();
    for (Identifier identifier : Identifier.values()) {
      String value = JsonValues.text(json(number), identifier.field);
      if (value != null) {
        index(identifier).remove(identifier.normalised(value), number);
      }
    }
    secondary(number).forEach(email -> index(Identifier.EMAIL).remove(email, number));
    secondaryAddresses.remove(number);
    attributes[number] = null;
    removed++;
  }

  private byte[] json(int number) {
    return Objects.requireNonNull(attributes[number], "was removed");
  }

  /** Returns the numbers of the profiles that a sent profile's identifiers belong to, each once. */
  public int[] owners(ProfileRow row) {
    return IntStream.of(
            row.id() == null ? -1 : number(row.id()),
            find(Identifier.EMAIL, row.email()),
            find(Identifier.PHONE, row.phone()),
            find(Identifier.EXTERNAL_ID, row.externalId()))
        .filter(number -> number >= 0)
        .distinct()
        .toArray();
  }

  /** Returns the number of the profile that a sent profile is by its id or address, or -1. */
  int own(ProfileRow row) {
    int number = row.id() == null ? -1 : number(row.id());
    return number >= 0 ? number : find(Identifier.EMAIL, row.email());
  }

  /** Returns the number of the profile with that identifier, or -1. */
  public int find(Identifier identifier, @Nullable String value) {
    if (value == null) {
      return -1;
    }
    String wanted = identifier.normalised(value);
    return index(identifier)
        .find(
            wanted,
            number -> {
              String held = JsonValues.text(json(number), identifier.field);
              return held != null && identifier.normalised(held).equals(wanted)
                  || identifier == Identifier.EMAIL && secondary(number).contains(wanted);
            });
  }

  /** Gives a profile one more email address, which it is found by and does not show. */
  public void addAddress(int number, String email) {
    String another = Identifier.EMAIL.normalised(email);
    secondaryAddresses.computeIfAbsent(number, any -> new ArrayList<>()).add(another);
    index(Identifier.EMAIL).add(another, number);
  }

  /** Has a profile show another of its addresses, and keep the one it showed beside it. */
  public void show(int number, String email) {
    orders.clear();
    ObjectNode changed = attributes(number);
    String shown = changed.path(Identifier.EMAIL.field).asText();
    List<String> others = new ArrayList<>(secondary(number));
    others.remove(Identifier.EMAIL.normalised(email));
    others.add(Identifier.EMAIL.normalised(shown));
    secondaryAddresses.put(number, others);
    attributes[number] = JsonValues.bytes(changed.put(Identifier.EMAIL.field, email));
  }

  /** Returns the email addresses that a profile has beside the one it shows, in lower case. */
  public List<String> secondary(int number) {
    return secondaryAddresses.getOrDefault(number, List.of());
  }

  /** Returns whether a profile has that email address and shows another. */
  boolean isSecondary(int number, @Nullable String email) {
    return email != null && secondary(number).contains(Identifier.EMAIL.normalised(email));
  }

  /** Stores a new profile and returns its number. */
  int create(ObjectNode changed, Instant now) {
    byte[] json = JsonValues.bytes(changed);
    int number = add(json, now);
    for (Identifier identifier : Identifier.values()) {
      index(identifier, JsonValues.text(json, identifier.field), number);
    }
    return number;
  }

  /** Stores a new profile of which the attributes were read before, and returns its number. */
  int create(ProfileRow row, byte[] json, Instant now) {
    int number = add(json, now);
    index(Identifier.EMAIL, row.email(), number);
    index(Identifier.PHONE, row.phone(), number);
    index(Identifier.EXTERNAL_ID, row.externalId(), number);
    return number;
  }

  private int add(byte[] json, Instant now) {
    orders.clear();
    if (size == attributes.length) {
      attributes = Arrays.copyOf(attributes, size * 2);
      created = Arrays.copyOf(created, size * 2);
      updated = Arrays.copyOf(updated, size * 2);
    }
    attributes[size] = json;
    created[size] = now.toEpochMilli();
    updated[size] = created[size];
    return size++;
  }

  private void index(Identifier identifier, @Nullable String value, int number) {
    if (value != null) {
      index(identifier).add(identifier.normalised(value), number);
    }
  }

  /** Puts other attributes in the place of a profile's. */
  void replace(int number, ObjectNode changed, Instant now) {
    orders.clear();
    byte[] json = JsonValues.bytes(changed);
    for (Identifier identifier : Identifier.values()) {
      String before = JsonValues.text(json(number), identifier.field);
      String after = JsonValues.text(json, identifier.field);
      if (before != null && !before.equals(after)) {
        index(identifier).remove(identifier.normalised(before), number);
        before = null;
      }
      if (before == null) {
        index(identifier, after, number);
      }
    }
    attributes[number] = json;
    updated[number] = now.toEpochMilli();
  }

  private IdentifierIndex index(Identifier identifier) {
    return Objects.requireNonNull(indexes.get(identifier), "there is one of each");
  }

  /** Returns the attributes of a profile, as a tree of their own. */
  public ObjectNode attributes(int number) {
    return JsonValues.read(json(number));
  }

  public @Nullable String email(int number) {
    return JsonValues.text(json(number), Identifier.EMAIL.field);
  }

  public @Nullable String phone(int number) {
    return JsonValues.text(json(number), Identifier.PHONE.field);
  }

  public Instant created(int number) {
    return Instant.ofEpochMilli(created[number]);
  }

  public Instant updated(int number) {
    return Instant.ofEpochMilli(updated[number]);
  }

  /** Returns the id that Klaviyo gives a profile. */
  public String id(int number) {
    return idHead + digits(Long.reverse(number * SPREAD), TAIL);
  }

  /** Returns the number of the profile with that id, or -1. */
  public int number(String id) {
    if (id.length() != idHead.length() + TAIL || !id.startsWith(idHead)) {
      return -1;
    }
    long value = 0;
    for (int i = idHead.length(); i < id.length(); i++) {
      int digit = DIGITS.indexOf(id.charAt(i));
      if (digit < 0) {
        return -1;
      }
      value = (value << 5) | digit;
    }
    long number = Long.reverse(value) * GATHER;
    return number >= 0 && number < size && has((int) number) && id((int) number).equals(id)
        ? (int) number
        : -1;
  }

  private static String digits(long value, int count) {
    char[] digits = new char[count];
    long rest = value;
    for (int i = count - 1; i >= 0; i--) {
      digits[i] = DIGITS.charAt((int) (rest & 31));
      rest >>>= 5;
    }
    return new String(digits);
  }

  private static long inverse(long odd) {
    long inverse = odd;
    for (int i = 0; i < 6; i++) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }
}
