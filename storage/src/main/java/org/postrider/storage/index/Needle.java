package org.postrider.storage.index;

/**
 * A text that is looked for.
 *
 * @param text in the form in which texts are compared; not empty
 */
public record Needle(Scope scope, String text) {
  /** Where it is looked for. */
  public enum Scope {
    HEADER,
    BODY,
    /** In either of them. */
    ANY
  }
}
