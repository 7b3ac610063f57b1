package org.postrider.storage.fs;

/**
 * A thread on which {@link #interrupt} does nothing. A channel that is forced on a thread that is
 * interrupted closes, and hides whether the force failed; here it cannot happen.
 */
public final class UninterruptibleThread extends Thread {
  /** A platform thread of that name; it is to be started. */
  public UninterruptibleThread(String name, Runnable task) {
    super(null, task, name);
  }

  @Override
  public void interrupt() {}
}
