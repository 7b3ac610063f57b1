package org.postrider.imap.command;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;
import org.postrider.storage.Messages;

/**
 * APPEND (RFC 3501 §6.3.11), of several messages (RFC 3502), with APPENDUID (RFC 4315), APPENDLIMIT
 * (RFC 7889), UTF8 (RFC 6855 §4), literal8 (RFC 3516) and CATENATE (RFC 4469). The messages are the
 * last arguments and are not parsed but streamed into the store, once it is clear that each would
 * be taken.
 *
 * @param first the first message; those that follow are read while executing
 */
record Append(String mailbox, AppendMessage first) implements ImapCommand {
  static Append parse(ImapReader in) throws IOException, ImapSyntaxException {
    String mailbox = in.mailbox();
    in.space();
    return new Append(mailbox, AppendMessage.parse(in));
  }

  @Override
  public Completion execute(ImapSession session) throws IOException, ImapSyntaxException {
    Optional<Mailbox> target = Targets.find(session, mailbox);
    if (target.isEmpty()) {
      return Targets.tryCreate();
    }
    Targets.tellName(session, target.get(), mailbox);
    try (MessageIntake intake = new MessageIntake(session, 0)) {
      Completion refusal = takeAll(session.reader(), intake);
      return refusal != null ? refusal : store(session, target.get(), intake);
    }
  }

  private @Nullable Completion takeAll(ImapReader in, MessageIntake intake)
      throws IOException, ImapSyntaxException {
    Completion refusal = intake.take(first);
    while (refusal == null && in.accept(' ')) {
      refusal = intake.take(AppendMessage.parse(in));
    }
    if (refusal == null) {
      in.end();
    }
    return refusal;
  }

  private static Completion store(ImapSession session, Mailbox target, MessageIntake intake) {
    Messages.AppendResult result = session.messages().append(target.id(), intake.messages());
    // RFC 3501 §6.3.11: where it is selected, the EXISTS is in the answer.
    session.noteArrivals(target.id(), result.uids());
    return Completion.ok(
        new ResponseCode.AppendUid(result.uidValidity(), result.uids()), "Append completed");
  }
}
