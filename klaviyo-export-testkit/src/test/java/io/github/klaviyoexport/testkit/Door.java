package io.github.klaviyoexport.testkit;

/** A way to a fake account. */
enum Door {
  HTTP {
    @Override
    FakeKlaviyo open(FakeKlaviyo.Builder builder) {
      return builder.start();
    }

    @Override
    Client client(FakeKlaviyo klaviyo) {
      return Client.overHttp(klaviyo);
    }
  },
  IN_PROCESS {
    @Override
    FakeKlaviyo open(FakeKlaviyo.Builder builder) {
      return builder.build();
    }

    @Override
    Client client(FakeKlaviyo klaviyo) {
      return Client.inProcess(klaviyo);
    }
  };

  abstract FakeKlaviyo open(FakeKlaviyo.Builder builder);

  abstract Client client(FakeKlaviyo klaviyo);
}
