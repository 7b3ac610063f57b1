package org.postrider.control.operation;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Work that computes for long: on a virtual thread it would keep others from running. */
final class LongWork {
  private LongWork() {}

  /** Does the work on a thread of its own; what it throws is thrown. */
  static <T> T run(Callable<T> work) throws Refusal {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().name("administration").daemon().start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Refusal refusal -> throw refusal;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(Refusal.Reason.UNAVAILABLE, "Interrupted.");
    }
  }
}
