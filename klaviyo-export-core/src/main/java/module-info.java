/**
 * Exports segments of unified customer profiles into Klaviyo lists and tells what became of every
 * profile.
 */
// The testkit, which may be absent, and a library that has no module of its own.
@SuppressWarnings({"module", "requires-automatic"})
module io.github.klaviyoexport.core {
  requires transitive java.net.http;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires io.github.resilience4j.core;
  requires io.github.resilience4j.ratelimiter;
  requires io.github.resilience4j.retry;
  requires static com.google.i18n.phonenumbers.libphonenumber;
  requires static de.siegmar.fastcsv;
  requires static jdk.jfr;
  requires static transitive java.sql;
  requires static micrometer.core;
  requires static micrometer.observation;
  requires static transitive org.jspecify;
  requires static spring.beans;
  requires static spring.boot;
  requires static spring.boot.actuator;
  requires static spring.boot.actuator.autoconfigure;
  requires static spring.boot.autoconfigure;
  requires static spring.boot.health;
  requires static spring.context;
  requires static spring.core;

  exports io.github.klaviyoexport.catalog;
  exports io.github.klaviyoexport.journal;
  exports io.github.klaviyoexport.klaviyo;
  exports io.github.klaviyoexport.memory;
  exports io.github.klaviyoexport.micrometer;
  exports io.github.klaviyoexport.profile;
  exports io.github.klaviyoexport.source;
  exports io.github.klaviyoexport.springboot;
  exports io.github.klaviyoexport.time;
  exports io.github.klaviyoexport;
  exports io.github.klaviyoexport.internal.call to
      io.github.klaviyoexport.testkit;
  exports io.github.klaviyoexport.internal.catalog.store to
      io.github.klaviyoexport.testkit;
  exports io.github.klaviyoexport.internal.check to
      io.github.klaviyoexport.testkit;
  exports io.github.klaviyoexport.internal.preview to
      io.github.klaviyoexport.testkit;
  exports io.github.klaviyoexport.internal.report to
      io.github.klaviyoexport.testkit;
  exports io.github.klaviyoexport.internal.text to
      io.github.klaviyoexport.testkit;

  opens io.github.klaviyoexport.internal.springboot to
      spring.beans,
      spring.boot,
      spring.context,
      spring.core;
  opens io.github.klaviyoexport.springboot to
      spring.beans,
      spring.boot,
      spring.context,
      spring.core;
}
