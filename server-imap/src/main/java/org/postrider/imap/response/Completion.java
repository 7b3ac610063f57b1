package org.postrider.imap.response;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How a command ended: the tagged response, without the tag.
 *
 * @param after what is done when the response is on its way, such as TLS, or null
 */
public record Completion(
    Status status, @Nullable ResponseCode code, String text, @Nullable After after) {
  /** The status of a tagged response. */
  public enum Status {
    OK,
    NO,
    BAD
  }

  /** Done after the tagged response. */
  @FunctionalInterface
  public interface After {
    void run() throws IOException;
  }

  public static Completion ok(String text) {
    return new Completion(Status.OK, null, text, null);
  }

  public static Completion ok(@Nullable ResponseCode code, String text) {
    return new Completion(Status.OK, code, text, null);
  }

  public static Completion no(@Nullable ResponseCode code, String text) {
    return new Completion(Status.NO, code, text, null);
  }

  public static Completion bad(String text) {
    return new Completion(Status.BAD, null, text, null);
  }

  /** The same with that code. */
  public Completion with(ResponseCode added) {
    return new Completion(status, added, text, after);
  }

  /** The same, with something to do afterwards. */
  public Completion then(After action) {
    return new Completion(status, code, text, action);
  }
}
