package io.github.klaviyoexport.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A look at one list of the fake account, as it is at each call.
 *
 * <p>Reading here is not a request: it draws no quota and is not recorded.
 */
public final class FakeList {
  private final Account account;
  private final KlaviyoList list;

  FakeList(Account account, KlaviyoList list) {
    this.account = account;
    this.list = list;
  }

  /** The list's id. */
  public String id() {
    return list.id();
  }

  /** The list's name. */
  public String name() {
    return list.name();
  }

  /** How many members it has. */
  public int size() {
    synchronized (account) {
      account.settle();
      return list.members().size();
    }
  }

  /** The email addresses of its members, in the order in which they joined. */
  public List<String> emails() {
    synchronized (account) {
      account.settle();
      List<String> emails = new ArrayList<>();
      for (int position = 0; position < list.members().size(); position++) {
        String email = account.profiles().email(list.members().numberAt(position));
        if (email != null) {
          emails.add(email);
        }
      }
      return emails;
    }
  }

  /**
   * The attributes of a member: texts, numbers, booleans, lists and maps; among them {@code
   * location} and {@code properties}, which are maps. Only what was sent is there.
   *
   * @return empty when the list has no member with that email address
   */
  public Optional<Map<String, @Nullable Object>> profile(String email) {
    synchronized (account) {
      account.settle();
      int number = account.profiles().find(ProfileStore.Identifier.EMAIL, email);
      return number < 0 || list.members().position(number) < 0
          ? Optional.empty()
          : Optional.of(Json.values(account.profiles().attributes(number)));
    }
  }

  /** Id and size. */
  @Override
  public String toString() {
    return "FakeList[" + id() + ", " + size() + " members]";
  }
}
