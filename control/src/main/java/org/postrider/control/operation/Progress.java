package org.postrider.control.operation;

/** Hears how far a long operation is. */
@FunctionalInterface
public interface Progress {
  /** For who does not want to know. */
  Progress NONE = (what, done, total) -> {};

  /**
   * @param what what is counted, in the plural
   * @param total 0 when it is not known
   */
  void report(String what, long done, long total);
}
