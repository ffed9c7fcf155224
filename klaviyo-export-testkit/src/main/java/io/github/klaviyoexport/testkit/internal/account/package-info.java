/** The state of the fake account: profiles, lists, jobs, consent, and what a test has scripted. */
@NullMarked
package io.github.klaviyoexport.testkit.internal.account;

import org.jspecify.annotations.NullMarked;
