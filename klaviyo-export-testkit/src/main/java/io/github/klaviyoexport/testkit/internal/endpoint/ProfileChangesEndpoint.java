package io.github.klaviyoexport.testkit.internal.endpoint;

import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.api.ApiErrorException;
import io.github.klaviyoexport.testkit.internal.api.ApiRequest;
import io.github.klaviyoexport.testkit.internal.api.ApiResponse;
import org.jspecify.annotations.Nullable;

/** Answers calls that make or change one profile. */
public final class ProfileChangesEndpoint {
  private static final String TOKEN = "_kx";

  private final Account account;

  /** Opens the profiles of an account to changes. */
  public ProfileChangesEndpoint(Account account) {
    this.account = account;
  }

  /** Makes a profile. */
  public ApiResponse create(ApiRequest call) {
    ProfileView view = ProfileView.of(call, account);
    SentProfile sent = SentProfile.read(call, true, account);
    refuseToken(sent);
    refuseOthers(sent, null);
    return sent.answered(view.document(201, account.make(sent.profile(), account.now())));
  }

  /** Changes a profile. */
  public ApiResponse update(ApiRequest call, String id) {
    ProfileView view = ProfileView.of(call, account);
    int number = account.profile(id);
    SentProfile sent = SentProfile.read(call, false, account);
    refuseToken(sent);
    if (!id.equals(sent.row().id())) {
      throw ApiErrorException.invalid("/data/id", "The id must be that of the path.");
    }
    refuseOthers(sent, number);
    account.change(number, sent.profile(), true, account.now());
    return view.document(200, number);
  }

  /** Makes a profile, or changes the one that has its identifiers. */
  public ApiResponse createOrUpdate(ApiRequest call) {
    ProfileView view = ProfileView.of(call, account);
    SentProfile sent = SentProfile.read(call, true, account);
    String id = sent.row().id();
    int[] owners = account.profiles().owners(sent.row());
    @Nullable Integer number =
        id != null ? Integer.valueOf(account.profile(id)) : owners.length > 0 ? owners[0] : null;
    refuseOthers(sent, number);
    if (number == null) {
      return sent.answered(view.document(201, account.make(sent.profile(), account.now())));
    }
    account.change(number, sent.profile(), true, account.now());
    return sent.answered(view.document(200, number));
  }

  /** Refuses Klaviyo's tracking token, which names a profile only where profiles are looked for. */
  private static void refuseToken(SentProfile sent) {
    if (sent.row().has(TOKEN)) {
      throw ApiErrorException.invalid(
          "/data/attributes/" + TOKEN,
          "'" + TOKEN + "' is not a valid field for the resource 'profile'.");
    }
  }

  /** Refuses identifiers that belong to profiles other than that one. */
  private void refuseOthers(SentProfile sent, @Nullable Integer number) {
    for (int owner : account.profiles().owners(sent.row())) {
      if (number == null || owner != number) {
        throw ApiErrorException.duplicate(account.profiles().id(owner));
      }
    }
  }
}
