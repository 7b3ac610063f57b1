package org.postrider.imap.response;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.syntax.UidRanges;
import org.postrider.wire.WireOutput;

/** Writes responses to a client. */
public final class ResponseWriter {
  /** Ranges of UIDs in one response, so that its line is not too long for anybody. */
  private static final int RANGES = 1_000;

  private final WireOutput output;
  private final ResponseBuffer buffer = new ResponseBuffer();
  private boolean utf8;

  public ResponseWriter(WireOutput output) {
    this.output = output;
  }

  /** Whether mailbox names go out as UTF-8 from now on (RFC 6855 §3). */
  public void utf8(boolean enabled) {
    utf8 = enabled;
    buffer.utf8(enabled);
  }

  /** A buffer for many responses, to be drained into {@link #output}. */
  public ResponseBuffer newBuffer() {
    ResponseBuffer fresh = new ResponseBuffer();
    fresh.utf8(utf8);
    return fresh;
  }

  public WireOutput output() {
    return output;
  }

  public void untagged(Untagged response) throws IOException {
    buffer.ascii("* ");
    response.append(buffer);
    buffer.crlf().writeTo(output);
  }

  /** An untagged OK. */
  public void ok(@Nullable ResponseCode code, String text) throws IOException {
    untagged(new Untagged.Condition("OK", code, text));
  }

  /** An untagged NO: a warning, after which the command may still succeed (RFC 3501 §7.1.2). */
  public void warn(ResponseCode code, String text) throws IOException {
    untagged(new Untagged.Condition("NO", code, text));
  }

  /**
   * Tells which messages are gone, by UID (RFC 7162 §3.2.10), in as many responses as it takes.
   *
   * @param earlier whether the client does not count them any more
   */
  public void vanished(boolean earlier, UidRanges uids) throws IOException {
    for (int i = 0; i < uids.count(); i += RANGES) {
      buffer.ascii(earlier ? "* VANISHED (EARLIER) " : "* VANISHED ");
      buffer.ranges(uids, i, Math.min(uids.count(), i + RANGES));
      buffer.crlf().writeTo(output);
    }
  }

  /** The last response of a session that we end. */
  public void bye(String text) throws IOException {
    buffer.ascii("* BYE ").sentence(text).crlf().writeTo(output);
  }

  /**
   * The response that ends a command.
   *
   * @param tag null when the command had none
   */
  public void completion(@Nullable String tag, Completion completion) throws IOException {
    buffer.ascii(tag == null ? "*" : tag).character(' ');
    new Untagged.Condition(completion.status().name(), completion.code(), completion.text())
        .append(buffer);
    buffer.crlf().writeTo(output);
  }

  /** Asks for more of a command (RFC 3501 §7.5). */
  public void continuation(String text) throws IOException {
    buffer.ascii("+ ").ascii(text).crlf().writeTo(output);
  }
}
