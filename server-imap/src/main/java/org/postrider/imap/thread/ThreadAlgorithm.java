package org.postrider.imap.thread;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The ways to thread messages. */
public enum ThreadAlgorithm {
  /** RFC 5256 §3. */
  ORDEREDSUBJECT,
  /** RFC 5256 §3. */
  REFERENCES,
  /**
   * draft-ietf-morg-inthread §4: as REFERENCES, but subjects are not looked at, and the thread with
   * the message that arrived last comes last.
   */
  REFS;

  /** Whether identifiers are looked at. */
  public boolean needsLinks() {
    return this != ORDEREDSUBJECT;
  }

  /**
   * Threads messages, which are given in mailbox order.
   *
   * @return the threads as they are written in IMAP, or an empty text when there are no messages
   */
  public String thread(List<ThreadedMessage> messages) {
    ThreadForest forest = new ThreadForest(messages);
    switch (this) {
      case ORDEREDSUBJECT -> bySubject(forest);
      case REFERENCES -> {
        new ReferenceLinks(messages).into(forest);
        new SubjectMerge(forest).run();
        forest.sortBySent();
      }
      case REFS -> {
        new ReferenceLinks(messages).into(forest);
        forest.sortByLastArrival();
      }
    }
    return forest.toString();
  }

  private static void bySubject(ThreadForest forest) {
    Map<String, Integer> first = new HashMap<>();
    for (int message : forest.bySent()) {
      Integer head = first.putIfAbsent(forest.message(message).fields().subject(), message);
      if (head != null) {
        forest.adopt(head, message);
      }
    }
    forest.sortBySent();
  }
}
