package org.postrider.auth;

/** Lets a thread wait; a test's does not really. */
@FunctionalInterface
interface Sleeper {
  void sleep(long millis) throws InterruptedException;
}
