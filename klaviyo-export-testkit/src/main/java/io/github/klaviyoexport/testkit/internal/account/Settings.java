package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.OriginalPayload;
import io.github.klaviyoexport.testkit.SharedIdentifiers;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What a fake was built with; its builder describes each setting. */
public record Settings(
    String apiKey,
    Set<String> accessTokens,
    Set<String> scopes,
    Map<String, String> lists,
    KlaviyoList.OptIn optIn,
    TimeSource time,
    Duration jobDuration,
    Duration latency,
    Duration membersShowAfter,
    boolean quota,
    boolean dropsBadPhones,
    Predicate<String> unusualEmails,
    boolean refusesStrangers,
    int badProfilesPerAnswer,
    int refusalStatus,
    OriginalPayload originalPayload,
    SharedIdentifiers sharedIdentifiers,
    boolean keepBodies,
    long seed) {}
