package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.OriginalPayload;
import io.github.klaviyoexport.testkit.SharedIdentifiers;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a fake was built with; its builder describes each setting. */
public record Settings(
    String accountId,
    String apiKey,
    Set<String> accessTokens,
    Set<String> scopes,
    Map<String, String> lists,
    KlaviyoList.OptIn optIn,
    TimeSource time,
    Duration jobDuration,
    Duration latency,
    Duration membersShowAfter,
    Duration membersJoinAfter,
    Duration countsShowAfter,
    boolean quota,
    boolean dropsBadPhones,
    Predicate<String> unusualEmails,
    boolean refusesStrangers,
    int badProfilesPerAnswer,
    int refusalStatus,
    OriginalPayload originalPayload,
    SharedIdentifiers sharedIdentifiers,
    boolean keepBodies,
    boolean showsValues,
    Set<String> hostNames,
    long seed) {
  private static final String KEY = "Klaviyo-API-Key ";
  private static final String TOKEN = "Bearer ";

  /** Returns whether an {@code Authorization} header holds the key or an access token. */
  public boolean takes(@Nullable String credentials) {
    if (credentials == null) {
      return false;
    }
    return credentials.startsWith(KEY)
        ? credentials.substring(KEY.length()).equals(apiKey)
        : credentials.startsWith(TOKEN)
            && accessTokens.contains(credentials.substring(TOKEN.length()));
  }

  /** Returns whether some call could be meant for an account of either settings. */
  public boolean sharesKeyWith(Settings other) {
    return apiKey.equals(other.apiKey) || !Collections.disjoint(accessTokens, other.accessTokens);
  }
}
