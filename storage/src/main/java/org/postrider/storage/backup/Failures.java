package org.postrider.storage.backup;

import java.util.ArrayList;
import java.util.List;

/** The first messages that could not be restored; the folders count all of them. */
final class Failures {
  private static final int LISTED_MAX = 1_000;

  private final List<RestoreReport.Failure> list = new ArrayList<>();

  void add(String folder, long uid, String why) {
    if (list.size() < LISTED_MAX) {
      list.add(new RestoreReport.Failure(folder, uid, why));
    }
  }

  List<RestoreReport.Failure> list() {
    return List.copyOf(list);
  }
}
