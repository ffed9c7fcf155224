package io.github.klaviyoexport.klaviyo;

import io.github.klaviyoexport.internal.text.CanonicalText;
import io.github.klaviyoexport.internal.text.InvisibleCharacters;
import io.github.klaviyoexport.internal.text.UnicodeText;
import io.github.klaviyoexport.internal.text.VisibleText;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name of a Klaviyo list, and whether the list is to be made if there is none.
 *
 * <p>Names are compared character by character, upper and lower case included; what Unicode calls
 * canonically equivalent, an accented letter in one character or in two, is the same.
 *
 * <p>A list is made by {@code POST /api/lists}, of which Klaviyo takes 150 a day from an account.
 * Its name is looked up before that and before every further attempt, so that an answer that is
 * lost makes no second list; exports of one account in this JVM make one. What Klaviyo does not
 * offer cannot be had: two processes that make a list of one name at the same moment make two. Then
 * both stop, and say so.
 */
public final class ListName implements ListRef {
  /** How long a name may be, in characters. */
  public static final int MAX_LENGTH = 200;

  private final String name;
  private final boolean create;
  private final @Nullable OptInProcess process;

  private ListName(String name, boolean create, @Nullable OptInProcess process) {
    this.name = name;
    this.create = create;
    this.process = process;
  }

  /**
   * Returns a name of a list that is there.
   *
   * @throws IllegalArgumentException if it is empty, longer than {@value #MAX_LENGTH} characters,
   *     begins or ends with what cannot be seen, or holds a control character or half a surrogate
   *     pair: such a name could not be told from another by people
   */
  public static ListName named(String name) {
    if (name == null || VisibleText.isBlank(name)) {
      throw new IllegalArgumentException(
          "A list's name cannot be empty: pass it as Klaviyo shows it.");
    }
    if (name.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "The list's name has "
              + name.length()
              + " characters, and at most "
              + MAX_LENGTH
              + " are taken: pass the list's id, ListRef.id(...).");
    }
    if (isUnseen(name.charAt(0))
        || isUnseen(name.charAt(name.length() - 1))
        || name.chars().anyMatch(Character::isISOControl)
        || !UnicodeText.fits(name)) {
      throw new IllegalArgumentException(
          "The list's name "
              + VisibleText.quoted(name)
              + " has white space or an invisible character at an end, or a control character or"
              + " half a surrogate pair in it: pass it without, or pass the list's id, ListRef.id(...).");
    }
    return new ListName(name, false, null);
  }

  private static boolean isUnseen(char c) {
    return InvisibleCharacters.isInvisible(c);
  }

  /** Returns the same for a list that is made if there is none of the name. */
  public ListName orCreate() {
    return new ListName(name, true, null);
  }

  /**
   * Returns the same for a list that is made, with that opt-in process, if there is none of the
   * name.
   */
  public ListName orCreate(OptInProcess process) {
    return new ListName(name, true, Objects.requireNonNull(process, "process"));
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns whether the list is made if there is none of the name. */
  public boolean isCreated() {
    return create;
  }

  /**
   * Returns the opt-in process of a list that is made; {@code null} for the one that the account
   * gives new lists.
   */
  public @Nullable OptInProcess process() {
    return process;
  }

  /** Returns whether a list's name is this one. */
  public boolean isName(String listName) {
    return CanonicalText.areSame(name, listName);
  }

  /** Returns whether the other is the same name, with the same to be done if there is none. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ListName that
        && name.equals(that.name)
        && create == that.create
        && process == that.process;
  }

  /** Returns a hash of what makes two of these equal. */
  @Override
  public int hashCode() {
    return Objects.hash(name, create, process);
  }

  /** Returns the name in quotes, with what cannot be seen of it by name. */
  @Override
  public String toString() {
    return VisibleText.quoted(name);
  }
}
