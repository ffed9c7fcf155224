package io.github.klaviyoexport.journal;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The process that this code runs in, by the name that other processes read. */
final class ThisProcess {
  /** Such as {@code process 4711 on export-1}. */
  static final String NAME = "process " + ProcessHandle.current().pid() + " on " + host();

  private ThisProcess() {}

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "a machine without a name";
    }
  }
}
