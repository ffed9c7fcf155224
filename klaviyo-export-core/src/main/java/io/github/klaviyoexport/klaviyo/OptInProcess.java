package io.github.klaviyoexport.klaviyo;

/**
 * What it takes to be subscribed through a list: Klaviyo's opt-in process of it. Being on a list
 * changes no consent, whatever its process is.
 */
public enum OptInProcess {
  /** Customers who subscribe through the list are subscribed at once. */
  SINGLE,
  /** Customers who subscribe through the list are subscribed once they have confirmed it. */
  DOUBLE
}
