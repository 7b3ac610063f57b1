package org.postrider.imap.command;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.search.SearchEvaluator;
import org.postrider.imap.search.SearchKey;
import org.postrider.imap.search.SearchRequest;
import org.postrider.imap.search.SearchRequest.Option;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * SEARCH and UID SEARCH (RFC 3501 §6.4.4, RFC 4731, RFC 7162 §3.1.5). Messages whose text had to be
 * looked at and is damaged on the disk are named in a warning; the result is about the others.
 */
record Search(SearchRequest request, boolean uid) implements ImapCommand {
  /** What is announced to be known; Java knows more. */
  private static final List<String> CHARSETS = List.of("US-ASCII", "UTF-8");

  static Search parse(ImapReader in) throws IOException, ImapSyntaxException {
    return new Search(SearchRequest.parse(in), false);
  }

  static Search uid(ImapReader in) throws IOException, ImapSyntaxException {
    return new Search(SearchRequest.parse(in), true);
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    if (request.charset() != null && session.isUtf8()) {
      // RFC 6855 §3.
      return Completion.bad("No CHARSET once UTF8=ACCEPT is enabled");
    }
    if (!request.charsetKnown()) {
      return Completion.no(new ResponseCode.BadCharset(CHARSETS), "The charset is not known");
    }
    boolean modSeq = mentionsModSeq(request.key());
    if (modSeq) {
      session.enableCondstore();
    }
    MailboxView view = session.view();
    SearchResult result = new SearchResult(uid);
    if (request.key() instanceof SearchKey.All) {
      for (int i = 0; i < view.count(); i++) {
        result.add(i, view.uids()[i], 0);
      }
    } else {
      SearchEvaluator evaluator =
          new SearchEvaluator(
              session.store(),
              view,
              request.key(),
              (index, entry) -> result.add(index, entry.uid(), entry.modSeq()));
      evaluator.run();
      if (!evaluator.damaged().isEmpty()) {
        session.writer().warn(Plain.CORRUPTION, Damaged.sentence("searched", evaluator.damaged()));
      }
    }
    Set<Option> options = request.options();
    if (options == null && session.isRev2()) {
      // RFC 9051 §6.4.4: there is no other response.
      options = EnumSet.of(Option.ALL);
    }
    session
        .writer()
        .untagged(
            options == null
                ? result.search(modSeq)
                : result.extended(session.tag(), options, modSeq));
    return Completion.ok("Search completed");
  }

  private static boolean mentionsModSeq(SearchKey key) {
    return switch (key) {
      case SearchKey.ModSeqFrom ignored -> true;
      case SearchKey.And(List<SearchKey> keys) -> keys.stream().anyMatch(Search::mentionsModSeq);
      case SearchKey.Or(SearchKey left, SearchKey right) ->
          mentionsModSeq(left) || mentionsModSeq(right);
      case SearchKey.Not(SearchKey negated) -> mentionsModSeq(negated);
      case SearchKey.All ignored -> false;
      case SearchKey.Flag ignored -> false;
      case SearchKey.Keyword ignored -> false;
      case SearchKey.Recent ignored -> false;
      case SearchKey.Numbers ignored -> false;
      case SearchKey.Uids ignored -> false;
      case SearchKey.InternalDate ignored -> false;
      case SearchKey.SentDate ignored -> false;
      case SearchKey.SaveDate ignored -> false;
      case SearchKey.EmailId ignored -> false;
      case SearchKey.ThreadId ignored -> false;
      case SearchKey.Larger ignored -> false;
      case SearchKey.Smaller ignored -> false;
      case SearchKey.HeaderText ignored -> false;
      case SearchKey.BodyText ignored -> false;
      case SearchKey.AnyText ignored -> false;
    };
  }
}
