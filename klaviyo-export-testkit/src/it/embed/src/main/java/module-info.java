/** The loyalty programme of a shop. */
module example.shop.loyalty {
  requires io.github.klaviyoexport.core;
}
