package io.github.klaviyoexport.testkit;

import io.github.klaviyoexport.klaviyo.KlaviyoConnection;

/** A way to a fake account. */
public enum Entry {
  HTTP {
    @Override
    public KlaviyoConnection connection(FakeKlaviyo klaviyo) {
      return klaviyo.httpConnection();
    }

    @Override
    public Client client(FakeKlaviyo klaviyo) {
      return Client.overHttp(klaviyo);
    }
  },
  IN_PROCESS {
    @Override
    public KlaviyoConnection connection(FakeKlaviyo klaviyo) {
      return klaviyo.connection();
    }

    @Override
    public Client client(FakeKlaviyo klaviyo) {
      return Client.inProcess(klaviyo);
    }
  };

  public abstract KlaviyoConnection connection(FakeKlaviyo klaviyo);

  public abstract Client client(FakeKlaviyo klaviyo);
}
