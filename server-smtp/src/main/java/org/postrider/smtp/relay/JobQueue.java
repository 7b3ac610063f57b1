package org.postrider.smtp.relay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that wait: the more urgent ones first (RFC 6710), equals in the order in which they came.
 * Its owner's lock guards it.
 */
final class JobQueue {
  private record Waiting(Job job, int priority, long number) {}

  private final PriorityQueue<Waiting> queue =
      new PriorityQueue<>(
          Comparator.comparingInt(Waiting::priority).reversed().thenComparingLong(Waiting::number));
  private long added;

  void add(Job job) {
    queue.add(new Waiting(job, job.priority(), added++));
  }

  int size() {
    return queue.size();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Takes the next one; null when there is none. */
  @Nullable Job poll() {
    Waiting next = queue.poll();
    return next == null ? null : next.job();
  }

  /** Takes so many at most. */
  List<Job> poll(int max) {
    List<Job> some = new ArrayList<>(Math.min(max, queue.size()));
    while (some.size() < max && !queue.isEmpty()) {
      some.add(queue.remove().job());
    }
    return some;
  }
}
