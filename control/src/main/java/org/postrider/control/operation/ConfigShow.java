package org.postrider.control.operation;

import java.util.List;

/** The effective configuration: the running server's, or that with which one would start. */
public record ConfigShow() implements Operation<ConfigShow.Reply> {
  /** The settings, in the order of the documentation. */
  public record Reply(boolean running, List<Installation.Entry> settings) {}

  @Override
  public Reply execute(Administration administration, Progress progress) {
    return new Reply(administration.server().isPresent(), administration.installation().entries());
  }

  @Override
  public boolean needsStore() {
    return false;
  }
}
