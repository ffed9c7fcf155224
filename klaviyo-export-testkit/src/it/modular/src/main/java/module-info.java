/** Sends the shop's newsletter list from a CSV file. */
module example.shop.modular {
  requires de.siegmar.fastcsv;
  requires io.github.klaviyoexport.core;
}
