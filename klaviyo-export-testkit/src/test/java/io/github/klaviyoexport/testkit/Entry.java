package io.github.klaviyoexport.testkit;

/** A way to a fake account. */
public enum Entry {
  HTTP {
    @Override
    public FakeKlaviyo open(FakeKlaviyo.Builder builder) {
      return builder.start();
    }

    @Override
    public Client client(FakeKlaviyo klaviyo) {
      return Client.overHttp(klaviyo);
    }
  },
  IN_PROCESS {
    @Override
    public FakeKlaviyo open(FakeKlaviyo.Builder builder) {
      return builder.build();
    }

    @Override
    public Client client(FakeKlaviyo klaviyo) {
      return Client.inProcess(klaviyo);
    }
  };

  public abstract FakeKlaviyo open(FakeKlaviyo.Builder builder);

  public abstract Client client(FakeKlaviyo klaviyo);
}
