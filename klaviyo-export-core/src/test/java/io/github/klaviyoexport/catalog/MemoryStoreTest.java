package io.github.klaviyoexport.catalog;

class MemoryStoreTest extends CatalogStoreContract {
  @Override
  CatalogStore create() {
    return CatalogStore.inMemory();
  }

  @Override
  CatalogStore reopen(CatalogStore store) {
    return store;
  }
}
