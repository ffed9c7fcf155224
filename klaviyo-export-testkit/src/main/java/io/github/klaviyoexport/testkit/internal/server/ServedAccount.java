package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.Script;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import java.util.concurrent.atomic.AtomicBoolean;

/** One account as its entries reach it: its state, its script, its log, and what answers calls. */
public final class ServedAccount {
  private final Settings settings;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile Contents contents;

  /** All that changes while an account lives, so that it can be given up as one. */
  private record Contents(
      Account account, Script script, RequestLog log, RequestDispatcher dispatcher) {
    static Contents of(Settings settings) {
      Account account = new Account(settings);
      Script script = new Script();
      RequestLog log = new RequestLog();
      return new Contents(
          account, script, log, new RequestDispatcher(settings, account, script, log));
    }
  }

  /** Opens an account to calls. */
  ServedAccount(Settings settings) {
    this.settings = settings;
    this.contents = Contents.of(settings);
  }

  /** Returns what it was built with. */
  public Settings settings() {
    return settings;
  }

  /** Returns its lists and profiles. */
  public Account account() {
    return contents.account;
  }

  /** Returns what is to go wrong. */
  public Script script() {
    return contents.script;
  }

  /** Returns the requests that came. */
  public RequestLog log() {
    return contents.log;
  }

  RequestDispatcher dispatcher() {
    return contents.dispatcher;
  }

  /** Begins it anew, as it was built. */
  public void reset() {
    contents = Contents.of(settings);
  }

  /** Closes it: its entries let no call in from now on. */
  void close() {
    closed.set(true);
  }

  /** Returns whether it is closed. */
  public boolean isClosed() {
    return closed.get();
  }
}
