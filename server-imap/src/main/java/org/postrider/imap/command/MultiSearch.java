package org.postrider.imap.command;

import java.io.IOException;
import java.util.List;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.response.ResultItem;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.search.MailboxSources;
import org.postrider.imap.search.ReturnOptions;
import org.postrider.imap.search.ReturnOptions.Option;
import org.postrider.imap.search.SearchRequest;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MailboxId;
import org.postrider.storage.StorageException;

/** ESEARCH (RFC 7377): searches several mailboxes, which need not be selected. */
record MultiSearch(MailboxSources sources, SearchRequest request) implements ImapCommand {
  static MultiSearch parse(ImapReader in) throws IOException, ImapSyntaxException {
    MailboxSources sources = MailboxSources.SELECTED;
    if (in.acceptWord("IN")) {
      in.space();
      sources = MailboxSources.parse(in);
      in.space();
    }
    return new MultiSearch(sources, SearchRequest.parse(in).withDefault(Option.ALL));
  }

  @Override
  public boolean usesSequenceNumbers() {
    return request.mentionsNumbers();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    boolean selected = session.state() instanceof Selected;
    if (!selected && (sources.hasSelected() || request.has(Option.UPDATE))) {
      return Completion.bad("Select a mailbox first");
    }
    if (request.has(Option.SAVE) && !sources.isSelectedOnly()) {
      // RFC 7377 §2.2
      return Completion.bad("SAVE is for the selected mailbox only");
    }
    if (request.charset() != null && session.isUtf8()) {
      // RFC 6855 §3.
      return Completion.bad("No CHARSET once UTF8=ACCEPT is enabled");
    }
    Completion refusal = Searching.refusal(session, request, null);
    if (refusal != null) {
      return refusal;
    }
    MailboxId current = selected ? session.view().mailbox() : null;
    List<Mailbox> mailboxes = sources.resolve(session.store(), session.account().id(), current);
    int max = session.limits().search().mailboxesMax();
    if (mailboxes.size() > max) {
      return Completion.no(Plain.LIMIT, "At most " + max + " mailboxes can be searched at once");
    }
    for (Mailbox mailbox : mailboxes) {
      if (mailbox.id().equals(current)) {
        searchSelected(session, mailbox);
      } else {
        searchOther(session, mailbox);
      }
    }
    return Completion.ok("Search completed");
  }

  private void searchSelected(ImapSession session, Mailbox mailbox) throws IOException {
    MailboxView view = session.view();
    SearchResult result =
        Searching.saving(
            view, request, () -> new Searching(session, view, request).inMailboxOrder(true));
    tell(session, mailbox, result);
    if (request.has(Option.UPDATE)) {
      Searching.update(session, request, null, source(mailbox), result);
    }
  }

  private void searchOther(ImapSession session, Mailbox mailbox) throws IOException {
    MailboxView view;
    try {
      view =
          new MailboxView(session.messages().snapshot(mailbox.id()), true, session.recentMarks());
    } catch (StorageException e) {
      if (e.reason() != StorageException.Reason.NOT_FOUND) {
        throw e;
      }
      return; // deleted meanwhile
    }
    tell(session, mailbox, new Searching(session, view, request).inMailboxOrder(true));
  }

  /** RFC 7377 §2.1: of a mailbox in which nothing was found nothing is said. */
  private void tell(ImapSession session, Mailbox mailbox, SearchResult result) throws IOException {
    ReturnOptions options = request.options();
    if (options == null || result.isEmpty() || options.onlySaves()) {
      return;
    }
    List<ResultItem> items = result.items(options, request.asksForModSeq());
    session.writer().untagged(new Untagged.ESearch(session.tag(), source(mailbox), true, items));
  }

  private static Untagged.Source source(Mailbox mailbox) {
    return new Untagged.Source(mailbox.name(), mailbox.uidValidity());
  }
}
