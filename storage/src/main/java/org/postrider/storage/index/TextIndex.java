package org.postrider.storage.index;

import java.util.List;

/** Spares searches the reading of contents that cannot match. */
@FunctionalInterface
public interface TextIndex {
  /** There is no index: everything must be read. */
  TextIndex NONE = needles -> List.of();

  /**
   * A filter for each of the needles, in their order; empty where it knows nothing. Never fails.
   */
  List<ContentFilter> filters(List<Needle> needles);
}
