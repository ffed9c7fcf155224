package io.github.klaviyoexport.testkit.internal.server;

import io.github.klaviyoexport.testkit.internal.account.Account;
import io.github.klaviyoexport.testkit.internal.account.Script;
import io.github.klaviyoexport.testkit.internal.account.Settings;
import java.util.concurrent.atomic.AtomicBoolean;

/** One account as its entries reach it: its state, its script, its log, and what answers calls. */
public final class ServedAccount {
  private final Settings settings;
  private final Account account;
  private final Script script = new Script();
  private final RequestLog log = new RequestLog();
  private final RequestDispatcher dispatcher;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Opens an account to calls. */
  public ServedAccount(Settings settings) {
    this.settings = settings;
    this.account = new Account(settings);
    this.dispatcher = new RequestDispatcher(settings, account, script, log);
  }

  /** Returns what it was built with. */
  public Settings settings() {
    return settings;
  }

  /** Returns its lists and profiles. */
  public Account account() {
    return account;
  }

  /** Returns what is to go wrong. */
  public Script script() {
    return script;
  }

  /** Returns the requests that came. */
  public RequestLog log() {
    return log;
  }

  RequestDispatcher dispatcher() {
    return dispatcher;
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
