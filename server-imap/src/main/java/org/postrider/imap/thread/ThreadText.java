package org.postrider.imap.thread;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Writes threads as thread-list (RFC 5256 §5), with a stack of its own. */
final class ThreadText {
  private static final int NONE = -1;

  /** On the stack: the end of a thread. */
  private static final int END = -1;

  private final List<ThreadedMessage> messages;

  /** The last child of each node, and for each message the sibling before it. */
  private final int[] lastChild;

  private final int[] elder;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param parents of each message
   * @param bySent the order of siblings
   */
  ThreadText(List<ThreadedMessage> messages, int[] parents, Integer[] bySent, int dummies) {
    this.messages = messages;
    lastChild = new int[messages.size() + dummies];
    elder = new int[messages.size()];
    Arrays.fill(lastChild, NONE);
    Arrays.fill(elder, NONE);
    for (int message : bySent) {
      int parent = parents[message];
      if (parent != ThreadForest.ROOT) {
        elder[message] = lastChild[parent];
        lastChild[parent] = message;
      }
    }
  }

  String of(List<Integer> roots) {
    Deque<Integer> open = new ArrayDeque<>();
    for (int root : roots) {
      open.push(root);
      while (!open.isEmpty()) {
        int node = open.pop();
        if (node == END) {
          text.append(')');
        } else {
          text.append('(');
          members(node, open);
        }
      }
    }
    return text.toString();
  }

  /** Writes a message and its descendants up to where the thread splits. */
  private void members(int first, Deque<Integer> open) {
    int node = first;
    if (node < messages.size()) {
      text.append(messages.get(node).number());
      while (lastChild[node] != NONE && elder[lastChild[node]] == NONE) {
        node = lastChild[node];
        text.append(' ').append(messages.get(node).number());
      }
      if (lastChild[node] == NONE) {
        text.append(')');
        return;
      }
      text.append(' ');
    }
    open.push(END);
    for (int child = lastChild[node]; child != NONE; child = elder[child]) {
      open.push(child);
    }
  }
}
