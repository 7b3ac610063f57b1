package org.postrider.imap.command;

import java.io.IOException;
import org.postrider.imap.notify.NotifyRequest;
import org.postrider.imap.notify.Watch;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** NOTIFY (RFC 5465): what the client wants to be told without asking. */
record Notify(NotifyRequest request) implements ImapCommand {
  static Notify parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new Notify(NotifyRequest.parse(in));
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    if (request.hasUnknownEvents()) {
      return Completion.no(
          new ResponseCode.BadEvent(NotifyRequest.knownEvents()), "There is no such event here");
    }
    Watch watch = new Watch(session, request);
    boolean listens = false;
    try {
      listens = watch.begin();
    } finally {
      if (!listens) {
        watch.close();
      }
    }
    if (!listens) {
      return Completion.no(Plain.NOTIFICATIONOVERFLOW, "Too many mailboxes to watch");
    }
    session.notifications(watch);
    return Completion.ok("Notify completed");
  }
}
