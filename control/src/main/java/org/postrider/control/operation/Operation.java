package org.postrider.control.operation;

/**
 * A request of an administrator: a record whose components are its arguments. The same operation is
 * executed by a running server, which got it over the control socket, and in-process where none
 * runs.
 *
 * @param <R> the reply, a record
 */
public interface Operation<R extends Record> {
  /**
   * Executes the request. What it changed is durable when it returns.
   *
   * @throws Refusal with one sentence that says what to do
   */
  R execute(Administration administration, Progress progress) throws Refusal;

  /** Whether the operation makes sense where there is no data yet, and begins it. */
  default boolean startsInstallation() {
    return false;
  }

  /** Whether the operation reads or changes the store. */
  default boolean needsStore() {
    return true;
  }
}
