package io.github.klaviyoexport.testkit.internal.account;

import io.github.klaviyoexport.testkit.FakeKlaviyo;
import io.github.klaviyoexport.time.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** What a fake was built with; see {@link FakeKlaviyo.Builder} for each. */
public record Settings(
    String apiKey,
    Set<String> accessTokens,
    Set<String> scopes,
    Map<String, String> lists,
    KlaviyoList.OptIn optIn,
    TimeSource time,
    Duration jobDuration,
    Duration latency,
    boolean quota,
    boolean dropsBadPhones,
    boolean refusesStrangers,
    int badProfilesPerAnswer,
    FakeKlaviyo.OriginalPayload originalPayload,
    boolean keepBodies,
    long seed) {}
