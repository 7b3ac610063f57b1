package org.postrider.imap.thread;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Step 5 of REFERENCES: threads of the same base subject become one (RFC 5256 §3). */
final class SubjectMerge {
  private final ThreadForest forest;
  private final Map<String, Integer> bySubject = new HashMap<>();

  SubjectMerge(ThreadForest forest) {
    this.forest = forest;
  }

  void run() {
    List<Integer> roots = forest.rootsBySent();
    String[] subjects = new String[roots.size()];
    for (int i = 0; i < subjects.length; i++) {
      int root = roots.get(i);
      subjects[i] = forest.message(forest.head(root)).fields().subject();
      if (!subjects[i].isEmpty()) {
        bySubject.merge(subjects[i], root, this::better);
      }
    }
    for (int i = 0; i < subjects.length; i++) {
      int root = roots.get(i);
      // One that was made a child of a new dummy is no child of the root any more.
      if (!subjects[i].isEmpty() && forest.isRoot(root)) {
        merge(subjects[i], root);
      }
    }
  }

  /** Step 5.B.iv: which of two is to be the thread that others join. */
  private int better(int known, int current) {
    boolean replaces =
        !forest.isDummy(known)
            && (forest.isDummy(current) || (isReply(known) && !isReply(current)));
    return replaces ? current : known;
  }

  private boolean isReply(int message) {
    return forest.message(message).fields().isReply();
  }

  /** Step 5.C. */
  private void merge(String subject, int current) {
    int known = bySubject.getOrDefault(subject, current);
    if (known == current) {
      return;
    }
    if (forest.isDummy(known)) {
      List<Integer> joining = forest.isDummy(current) ? forest.release(current) : List.of(current);
      joining.forEach(message -> forest.adopt(known, message));
    } else if (isReply(current) && !isReply(known)) {
      forest.adopt(known, current);
    } else {
      int dummy = forest.newDummy();
      forest.adopt(dummy, known);
      forest.adopt(dummy, current);
      bySubject.put(subject, dummy);
    }
  }
}
