package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.postrider.imap.content.SortFields;
import org.postrider.imap.content.ThreadFields;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.search.SearchRequest;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.thread.ThreadAlgorithm;
import org.postrider.imap.thread.ThreadedMessage;
import org.postrider.storage.MessageEntry;

/** THREAD and UID THREAD (RFC 5256 §3). */
record ThreadMessages(ThreadAlgorithm algorithm, SearchRequest request, boolean uid)
    implements ImapCommand {
  static ThreadMessages parse(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static ThreadMessages uid(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static ThreadMessages parse(ImapReader in, boolean uid)
      throws IOException, ImapSyntaxException {
    ThreadAlgorithm algorithm =
        switch (in.name()) {
          case "ORDEREDSUBJECT" -> ThreadAlgorithm.ORDEREDSUBJECT;
          case "REFERENCES" -> ThreadAlgorithm.REFERENCES;
          case "REFS" -> ThreadAlgorithm.REFS;
          default -> throw new ImapSyntaxException("No such threading algorithm");
        };
    in.space();
    return new ThreadMessages(algorithm, SearchRequest.inCharset(null, in), uid);
  }

  @Override
  public boolean usesSequenceNumbers() {
    return request.mentionsNumbers();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    Completion refusal = Searching.refusal(session, request, null);
    if (refusal != null) {
      return refusal;
    }
    Searching searching = new Searching(session, session.view(), request);
    List<MessageEntry> entries = searching.entries(null);
    List<Long> damaged = new ArrayList<>();
    List<SortFields> fields = searching.fields().sortFields(entries, damaged);
    List<ThreadFields> links =
        algorithm.needsLinks()
            ? searching.fields().threadFields(entries, damaged)
            : Collections.nCopies(entries.size(), ThreadFields.NONE);
    searching.warn(damaged.stream().distinct().toList());
    List<ThreadedMessage> messages = new ArrayList<>(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      MessageEntry entry = entries.get(i);
      long number = uid ? entry.uid() : session.view().indexOf(entry.uid()) + 1L;
      messages.add(new ThreadedMessage(number, entry.internalDate(), fields.get(i), links.get(i)));
    }
    session.writer().untagged(new Untagged.Threads(algorithm.thread(messages)));
    return Completion.ok("Thread completed");
  }
}
