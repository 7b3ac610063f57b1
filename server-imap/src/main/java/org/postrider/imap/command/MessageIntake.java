package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.command.AppendMessage.Source;
import org.postrider.imap.content.ContentBatch;
import org.postrider.imap.fetch.SectionCopy;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.Literal;
import org.postrider.message.BinaryBody;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;

/**
 * Streams the messages of one command into the store, where they belong to nobody yet, so that all
 * of them can be taken in one change or none (RFC 3502). To be closed when that is done.
 *
 * <p>What lies in the store are lines, which every client can fetch: the binary parts of a literal8
 * are encoded in base64 (RFC 3516 §4.4).
 */
final class MessageIntake implements AutoCloseable {
  /** Messages of one command. */
  private static final int MESSAGES_MAX = 1_000;

  /** Parts of one message. */
  private static final int PARTS_MAX = 1_000;

  /** Octets of several messages that may wait in memory for the change; the rest goes ahead. */
  private static final long WAITING_MAX = 1 << 20;

  private final ImapSession session;
  private final ImapReader in;
  private final long freed;
  private final List<Messages.NewMessage> messages = new ArrayList<>();
  private long octets;

  /**
   * @param freed octets that the change gives back to the quota
   */
  MessageIntake(ImapSession session, long freed) {
    this.session = session;
    this.in = session.reader();
    this.freed = freed;
  }

  /** What was taken, in order. */
  List<Messages.NewMessage> messages() {
    return messages;
  }

  /** Reads a message; returns why it is not taken, or null. */
  @Nullable Completion take(AppendMessage message) throws IOException, ImapSyntaxException {
    if (messages.size() == MESSAGES_MAX) {
      return Completion.no(Plain.LIMIT, "Too many messages in one command");
    }
    try (ContentWriter content = session.store().contents().write()) {
      Completion refusal =
          switch (message.source()) {
            case Source.Octets(Literal literal, boolean utf8) -> octets(literal, utf8, content);
            case Source.Parts() -> parts(content);
          };
      if (refusal != null) {
        return refusal;
      }
      octets += content.size();
      boolean ahead = !messages.isEmpty() && octets > WAITING_MAX;
      StagedContent staged = ahead ? content.finishAhead() : content.finish();
      long date = message.date() == null ? session.clock().millis() : message.date().toEpochMilli();
      messages.add(new Messages.NewMessage(staged, message.flags(), date));
      return null;
    }
  }

  private @Nullable Completion octets(Literal literal, boolean utf8, ContentWriter content)
      throws IOException, ImapSyntaxException {
    if (utf8 && !session.isUtf8()) {
      return notEnabled();
    }
    if (literal.size() == 0) {
      // RFC 3502 §6.3.11
      return Completion.no(null, "Append cancelled by an empty message");
    }
    Completion refusal = room(content, literal.size());
    if (refusal != null) {
      return refusal;
    }
    if (!literal.binary()) {
      return plain(literal, content);
    }
    LinesOnly lines = new LinesOnly(content);
    BinaryBody body = new BinaryBody(lines::write, ContentBatch.HEADER_MAX);
    in.stream(literal, body::write);
    if (utf8) {
      in.expect(')');
    }
    body.end();
    return body.failure() != null || lines.hasNul ? unknownEncoding() : null;
  }

  private static Completion notEnabled() {
    return Completion.bad("UTF8=ACCEPT is not enabled");
  }

  private static Completion unknownEncoding() {
    return Completion.no(Plain.UNKNOWN_CTE, "Binary data stands where it cannot be encoded");
  }

  private @Nullable Completion plain(Literal literal, ContentWriter content)
      throws IOException, ImapSyntaxException {
    if (!in.stream(literal, content::write)) {
      throw new ImapSyntaxException("NUL in literal");
    }
    return null;
  }

  /** Whether there is room for that much more of a message; if not, why. */
  private @Nullable Completion room(ContentWriter content, long more) {
    long size = content.size() + more;
    if (size > session.limits().messageBytesMax()) {
      return Completion.no(Plain.TOOBIG, "The message is too long");
    }
    long growth = octets + size - freed;
    boolean fits = growth <= 0 || session.store().directory().fits(session.account().id(), growth);
    return fits ? null : Completion.no(Plain.OVERQUOTA, "The message would not fit the quota");
  }

  private @Nullable Completion parts(ContentWriter content)
      throws IOException, ImapSyntaxException {
    int count = 0;
    do {
      if (++count > PARTS_MAX) {
        return Completion.no(Plain.LIMIT, "Too many parts in one message");
      }
      Completion refusal = part(content);
      if (refusal != null) {
        return refusal;
      }
    } while (in.accept(' '));
    in.expect(')');
    return content.size() == 0 ? Completion.no(null, "The message would be empty") : null;
  }

  private @Nullable Completion part(ContentWriter content) throws IOException, ImapSyntaxException {
    String kind = in.name();
    if (kind.equals("UTF8")) {
      return utf8Part(AppendMessage.utf8(in).literal(), content);
    }
    in.space();
    return switch (kind) {
      case "URL" -> url(in.text(), content);
      case "TEXT" -> textPart(in.announcement(), content);
      default -> throw new ImapSyntaxException("Expected TEXT, UTF8 or URL");
    };
  }

  private @Nullable Completion textPart(Literal literal, ContentWriter content)
      throws IOException, ImapSyntaxException {
    if (literal.binary()) {
      throw new ImapSyntaxException("A literal8 stands in UTF8 (...)");
    }
    Completion refusal = room(content, literal.size());
    return refusal != null ? refusal : plain(literal, content);
  }

  private @Nullable Completion utf8Part(Literal literal, ContentWriter content)
      throws IOException, ImapSyntaxException {
    if (!session.isUtf8()) {
      return notEnabled();
    }
    Completion refusal = room(content, literal.size());
    if (refusal != null) {
      return refusal;
    }
    boolean clean = in.stream(literal, content::write);
    in.expect(')');
    return clean ? null : unknownEncoding();
  }

  private @Nullable Completion url(String url, ContentWriter content) throws IOException {
    Optional<SectionCopy> part = MessageUrl.parse(url).flatMap(parsed -> parsed.find(session));
    if (part.isEmpty()) {
      return Completion.no(new ResponseCode.BadUrl(url), "No message or part has that URL");
    }
    Completion refusal = room(content, part.get().length());
    if (refusal == null) {
      part.get().writeTo(content);
    }
    return refusal;
  }

  @Override
  public void close() {
    messages.forEach(message -> message.content().close());
  }

  /** Passes octets on as long as there is no NUL. */
  private static final class LinesOnly {
    private final ContentWriter content;
    private boolean hasNul;

    LinesOnly(ContentWriter content) {
      this.content = content;
    }

    void write(byte[] octets, int offset, int length) {
      for (int i = offset; i < offset + length && !hasNul; i++) {
        hasNul = octets[i] == 0;
      }
      if (!hasNul) {
        content.write(octets, offset, length);
      }
    }
  }
}
