package io.github.klaviyoexport.internal.run;

import io.github.klaviyoexport.profile.CustomerProfile;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.Set;

/** What looks at each customer that an upload would send, and may ask Klaviyo about it. */
public interface CustomerCheck {
  /** A check of nothing. */
  CustomerCheck NONE =
      new CustomerCheck() {
        @Override
        public boolean hasRoom() {
          return true;
        }

        @Override
        public void take(CustomerProfile customer, Set<ProfileField> leftOut) {}

        @Override
        public void end() {}

        @Override
        public boolean isDone() {
          return true;
        }
      };

  /** Returns whether it takes another customer now. */
  boolean hasRoom();

  /**
   * Takes a customer.
   *
   * @param leftOut the kinds of its identifiers that are not sent, because another customer has
   *     them
   */
  void take(CustomerProfile customer, Set<ProfileField> leftOut);

  /** Hears that all were taken. */
  void end();

  /** Returns whether it has ended and waits for nothing. */
  boolean isDone();
}
