package io.github.klaviyoexport.klaviyo;

/**
 * A reference to a Klaviyo list: its {@linkplain ListId id}, or its {@linkplain ListName name}.
 *
 * {@snippet class="io.github.klaviyoexport.ExporterExamplesTest" region="named"}
 *
 * <p>A list has one id for ever, and any number of lists may have one name. So a name is looked up
 * each time an export begins, before its segment is opened, and an export refuses to guess between
 * several lists.
 *
 * <p>References are immutable and safe for use by many threads.
 */
public sealed interface ListRef permits ListId, ListName {
  /**
   * Returns a reference by id, the same as {@link ListId#of}.
   *
   * @throws IllegalArgumentException if it cannot be a list id
   */
  static ListId id(String value) {
    return ListId.of(value);
  }

  /**
   * Returns a reference to the one list of exactly that name, upper and lower case included. An
   * export stops with {@code LIST_NOT_FOUND} if the account has none, and with {@code
   * LIST_AMBIGUOUS} if it has several.
   *
   * @throws IllegalArgumentException as for {@link ListName#named}
   */
  static ListName named(String name) {
    return ListName.named(name);
  }

  /**
   * Returns a reference to the one list of exactly that name, which is made if the account has
   * none, with the opt-in process that the account gives new lists.
   *
   * @throws IllegalArgumentException as for {@link ListName#named}
   */
  static ListName namedOrCreate(String name) {
    return ListName.named(name).orCreate();
  }

  /**
   * Returns a reference to the one list of exactly that name, which is made if the account has
   * none. A list that is there keeps the opt-in process that it has.
   *
   * @param process the opt-in process of a list that is made
   * @throws IllegalArgumentException as for {@link ListName#named}
   */
  static ListName namedOrCreate(String name, OptInProcess process) {
    return ListName.named(name).orCreate(process);
  }
}
