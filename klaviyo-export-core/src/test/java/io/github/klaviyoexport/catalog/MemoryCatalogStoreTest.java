package io.github.klaviyoexport.catalog;

class MemoryCatalogStoreTest extends CatalogStoreContract {
  @Override
  CatalogStore create() {
    return MemoryCatalogStore.create();
  }

  @Override
  CatalogStore reopen(CatalogStore store) {
    return store;
  }
}
