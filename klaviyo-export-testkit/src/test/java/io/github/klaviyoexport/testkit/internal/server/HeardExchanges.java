package io.github.klaviyoexport.testkit.internal.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Tells tests of exchanges, of whatever account in this process they are. */
public final class HeardExchanges implements ExchangeListener {
  private static final List<Consumer<Exchange>> EARS = new CopyOnWriteArrayList<>();

  @Override
  public void exchanged(Exchange exchange) {
    EARS.forEach(ear -> ear.accept(exchange));
  }

  static void begin(Consumer<Exchange> ear) {
    EARS.add(ear);
  }

  static void end(Consumer<Exchange> ear) {
    EARS.remove(ear);
  }
}
