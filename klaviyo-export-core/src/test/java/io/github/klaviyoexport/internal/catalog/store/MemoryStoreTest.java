package io.github.klaviyoexport.internal.catalog.store;

import io.github.klaviyoexport.catalog.CatalogStore;

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
