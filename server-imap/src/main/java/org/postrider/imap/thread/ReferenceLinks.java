package org.postrider.imap.thread;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Steps 1 to 3 of REFERENCES: who refers to whom (RFC 5256 §3). A node that gets a parent never has
 * one at that moment, so it is the top of its tree, and a loop could only arise if the parent to be
 * lies in that tree.
 */
final class ReferenceLinks {
  private static final int NONE = -1;

  /** Steps that all searches for loops may take together, for each message. */
  private static final long STEPS_PER_MESSAGE = 200;

  private final List<ThreadedMessage> messages;

  /** Nodes by identifier: messages first, then dummies. */
  private final Map<String, Integer> nodes = new HashMap<>();

  private int[] parents;
  private int[] childCounts;
  private int count;
  private long steps;

  ReferenceLinks(List<ThreadedMessage> messages) {
    this.messages = messages;
    count = messages.size();
    steps = STEPS_PER_MESSAGE * (count + 1000L);
    parents = new int[2 * count + 16];
    childCounts = new int[parents.length];
    Arrays.fill(parents, NONE);
    for (int i = 0; i < messages.size(); i++) {
      String id = messages.get(i).links().id();
      if (id != null) {
        nodes.putIfAbsent(id, i);
      }
    }
    for (int i = 0; i < messages.size(); i++) {
      link(i, messages.get(i).links().references());
    }
  }

  /** Step 1. */
  private void link(int message, List<String> references) {
    int last = NONE;
    for (String reference : references) {
      int node = nodes.computeIfAbsent(reference, id -> newDummy());
      if (last != NONE && parents[node] == NONE && !makesLoop(last, node)) {
        setParent(node, last);
      }
      last = node;
    }
    int before = parents[message];
    if (before == last) {
      return;
    }
    if (before != NONE) {
      // What a truncated References field led to.
      childCounts[before]--;
      parents[message] = NONE;
    }
    if (last != NONE && !makesLoop(last, message)) {
      setParent(message, last);
    }
  }

  private int newDummy() {
    if (count == parents.length) {
      parents = Arrays.copyOf(parents, 2 * count);
      childCounts = Arrays.copyOf(childCounts, 2 * count);
      Arrays.fill(parents, count, parents.length, NONE);
    }
    return count++;
  }

  private void setParent(int child, int parent) {
    parents[child] = parent;
    childCounts[parent]++;
  }

  /**
   * Whether {@code parent} is {@code child} or below it. When too many steps were taken for what
   * mail looks like, the answer is yes: the link is not made.
   */
  private boolean makesLoop(int parent, int child) {
    if (parent == child) {
      return true;
    }
    if (childCounts[child] == 0) {
      return false;
    }
    int top = parent;
    while (parents[top] != NONE) {
      top = parents[top];
      if (--steps < 0) {
        return true;
      }
    }
    return top == child;
  }

  /** Steps 2 and 3: hands the links over, without the dummies that are not needed. */
  void into(ThreadForest forest) {
    int[] standIns = new int[count];
    Arrays.fill(standIns, NONE);
    for (int message = 0; message < messages.size(); message++) {
      if (parents[message] != NONE) {
        int standIn = standIn(parents[message], standIns, forest);
        forest.adopt(standIn, message);
      }
    }
    forest.dissolveSingles();
  }

  /** The message that is nearest above, the node included, or else the forest's dummy for it. */
  private int standIn(int node, int[] standIns, ThreadForest forest) {
    int top = node;
    while (top >= messages.size() && standIns[top] == NONE && parents[top] != NONE) {
      top = parents[top];
    }
    int standIn = top < messages.size() ? top : standIns[top];
    if (standIn == NONE) {
      standIn = forest.newDummy();
      standIns[top] = standIn;
    }
    for (int i = node; i != top; i = parents[i]) {
      standIns[i] = standIn;
    }
    return standIn;
  }
}
