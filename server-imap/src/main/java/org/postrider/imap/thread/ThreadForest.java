package org.postrider.imap.thread;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Messages as children of one another. A node below the number of messages is the message of that
 * index; those above are dummies, which have no parent.
 */
final class ThreadForest {
  /** Node without parent. */
  static final int ROOT = -1;

  private final List<ThreadedMessage> messages;
  private final int[] parents;
  private final List<List<Integer>> dummies = new ArrayList<>();
  private final Integer[] bySent;

  /** The place of each message in {@link #bySent}. */
  private final int[] ranks;

  private List<Integer> roots = List.of();

  ThreadForest(List<ThreadedMessage> messages) {
    this.messages = messages;
    int count = messages.size();
    parents = new int[count];
    Arrays.fill(parents, ROOT);
    bySent = new Integer[count];
    Arrays.setAll(bySent, i -> i);
    // Those that were sent at the same time stay in mailbox order (RFC 5256 §2.2).
    long[] sent = new long[count];
    Arrays.setAll(sent, i -> messages.get(i).sent());
    Arrays.sort(bySent, Comparator.comparingLong(i -> sent[i]));
    ranks = new int[count];
    for (int rank = 0; rank < count; rank++) {
      ranks[bySent[rank]] = rank;
    }
  }

  ThreadedMessage message(int node) {
    return messages.get(node);
  }

  /** All messages by sent date. */
  List<Integer> bySent() {
    return Arrays.asList(bySent);
  }

  boolean isDummy(int node) {
    return node >= messages.size();
  }

  boolean isRoot(int node) {
    return isDummy(node) ? !children(node).isEmpty() : parents[node] == ROOT;
  }

  /** A new dummy without children. */
  int newDummy() {
    dummies.add(new ArrayList<>());
    return messages.size() + dummies.size() - 1;
  }

  /** The children of a dummy, to be changed by {@link #adopt} and {@link #release} only. */
  List<Integer> children(int dummy) {
    return dummies.get(dummy - messages.size());
  }

  /** Makes a message a child, in place of what it was. */
  void adopt(int parent, int message) {
    parents[message] = parent;
    if (isDummy(parent)) {
      children(parent).add(message);
    }
  }

  /** Takes the children away from a dummy, which is none any more. */
  List<Integer> release(int dummy) {
    return dummies.set(dummy - messages.size(), List.of());
  }

  /** Does away with dummies that have but one child, which takes their place. */
  void dissolveSingles() {
    for (int i = 0; i < dummies.size(); i++) {
      if (dummies.get(i).size() == 1) {
        parents[release(messages.size() + i).getFirst()] = ROOT;
      }
    }
  }

  /** The first message by sent date of those that stand where the node stands. */
  int head(int node) {
    return isDummy(node)
        ? children(node).stream().min(Comparator.comparingInt(child -> ranks[child])).orElseThrow()
        : node;
  }

  /** The nodes without parent, dummies in the place of their first child. */
  List<Integer> rootsBySent() {
    // Each message is the head of one node at most.
    int[] byRank = new int[messages.size()];
    Arrays.fill(byRank, ROOT);
    for (int i = 0; i < messages.size() + dummies.size(); i++) {
      if (isRoot(i)) {
        byRank[ranks[head(i)]] = i;
      }
    }
    List<Integer> heads = new ArrayList<>();
    for (int node : byRank) {
      if (node != ROOT) {
        heads.add(node);
      }
    }
    return heads;
  }

  /** Step 6: threads by the sent date of their first message. */
  void sortBySent() {
    roots = rootsBySent();
  }

  /** Threads by the internal date of the message that arrived last. */
  void sortByLastArrival() {
    roots = rootsBySent();
    long[] last = new long[messages.size() + dummies.size()];
    Arrays.fill(last, Long.MIN_VALUE);
    int[] tops = new int[messages.size()];
    Arrays.fill(tops, ROOT);
    for (int i = 0; i < messages.size(); i++) {
      int top = top(i, tops);
      last[top] = Math.max(last[top], messages.get(i).arrived());
    }
    roots.sort(Comparator.comparingLong(node -> last[node]));
  }

  /** The node at the top of a message's thread; those on the way learn it too. */
  private int top(int message, int[] tops) {
    int top = message;
    while (!isDummy(top) && parents[top] != ROOT && tops[top] == ROOT) {
      top = parents[top];
    }
    if (!isDummy(top) && tops[top] != ROOT) {
      top = tops[top];
    }
    for (int i = message; !isDummy(i) && tops[i] == ROOT; i = parents[i]) {
      tops[i] = top;
      if (i == top || parents[i] == ROOT) {
        break;
      }
    }
    return top;
  }

  /** The threads as they are written in IMAP (RFC 5256 §5 thread-list). */
  @Override
  public String toString() {
    return new ThreadText(messages, parents, bySent, dummies.size()).of(roots);
  }
}
