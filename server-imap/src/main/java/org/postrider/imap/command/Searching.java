package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.MessageFields;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseCode.Plain;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.search.ReturnOptions;
import org.postrider.imap.search.ReturnOptions.Option;
import org.postrider.imap.search.SearchEvaluator;
import org.postrider.imap.search.SearchKey;
import org.postrider.imap.search.SearchRequest;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.Progress;
import org.postrider.imap.session.UpdatedResult;
import org.postrider.imap.sort.SortProgram;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.StorageException;

/**
 * What the commands that search have in common. Messages whose text had to be looked at and is
 * damaged on the disk are named in a warning; the result is about the others.
 */
final class Searching {
  /** What is announced to be known; Java knows more. */
  private static final List<String> CHARSETS = List.of("US-ASCII", "UTF-8");

  private static final long[] NOTHING = {};

  /** Finds what is asked for, and puts it in order. */
  @FunctionalInterface
  interface Finder {
    SearchResult find(Searching searching) throws IOException;
  }

  /** Finds what may be saved. */
  @FunctionalInterface
  interface SavedFinder {
    SearchResult find() throws IOException;
  }

  private final ImapSession session;
  private final MailboxView view;
  private final SearchRequest request;

  /**
   * @param view the mailbox to be searched, selected or not
   */
  Searching(ImapSession session, MailboxView view, SearchRequest request) {
    this.session = session;
    this.view = view;
    this.request = request;
  }

  /** Searches the selected mailbox and tells what was found. */
  static Completion run(
      ImapSession session,
      String name,
      SearchRequest request,
      @Nullable SortProgram program,
      Finder finder)
      throws IOException {
    Completion refusal = refusal(session, request, program);
    if (refusal != null) {
      return refusal;
    }
    MailboxView view = session.view();
    SearchResult result =
        saving(view, request, () -> finder.find(new Searching(session, view, request)));
    ReturnOptions options = request.options();
    if (options == null) {
      session.writer().untagged(result.plain(name, request.asksForModSeq()));
      return Completion.ok("Search completed");
    }
    if (!options.onlySaves()) {
      session
          .writer()
          .untagged(
              new Untagged.ESearch(
                  session.tag(),
                  null,
                  result.isUid(),
                  result.items(options, request.asksForModSeq())));
    }
    if (options.has(Option.UPDATE)) {
      update(session, request, program, null, result);
    }
    return Completion.ok("Search completed");
  }

  /** Why it cannot be searched, or null when it can be. */
  static @Nullable Completion refusal(
      ImapSession session, SearchRequest request, @Nullable SortProgram program) {
    Completion fuzzy = fuzzyRefusal(request, program);
    if (fuzzy != null) {
      return fuzzy;
    }
    if (request.has(Option.UPDATE) && isUpdated(session)) {
      // RFC 5267 §4.3
      return Completion.bad("Updates are sent under that tag already");
    }
    if (!request.charsetKnown()) {
      if (request.has(Option.SAVE)) {
        session.view().save(NOTHING);
      }
      return Completion.no(new ResponseCode.BadCharset(CHARSETS), "The charset is not known");
    }
    if (request.asksForModSeq()) {
      session.enableCondstore();
    }
    return null;
  }

  /** Why relevancy cannot be told, or null when it can be, or is not asked for. */
  private static @Nullable Completion fuzzyRefusal(
      SearchRequest request, @Nullable SortProgram program) {
    boolean relevancy =
        request.has(Option.RELEVANCY) || (program != null && program.usesRelevancy());
    // RFC 6203 §4
    return relevancy && !request.isFuzzy() ? Completion.bad("RELEVANCY needs a FUZZY key") : null;
  }

  private static boolean isUpdated(ImapSession session) {
    return session.view().updatedResults().stream()
        .map(UpdatedResult::tag)
        .anyMatch(session.tag()::equals);
  }

  /** Finds; what is found is saved where that is asked for (RFC 5182 §2.1). */
  static SearchResult saving(MailboxView view, SearchRequest request, SavedFinder finder)
      throws IOException {
    ReturnOptions options = request.options();
    if (options == null || !options.has(Option.SAVE)) {
      return finder.find();
    }
    try {
      SearchResult result = finder.find();
      view.save(result.saved(options));
      return result;
    } catch (StorageException e) {
      // A search that is answered NO empties it too.
      view.save(NOTHING);
      throw e;
    }
  }

  /** Sees to it that the client hears of changes, unless that is too much. */
  static void update(
      ImapSession session,
      SearchRequest request,
      @Nullable SortProgram program,
      Untagged.@Nullable Source source,
      SearchResult result)
      throws IOException {
    List<UpdatedResult> updated = session.view().updatedResults();
    // What is relevant is not judged anew.
    boolean unsuitable = program != null && program.usesRelevancy();
    if (unsuitable || updated.size() >= session.limits().search().updatedMax()) {
      session
          .writer()
          .warn(
              new ResponseCode.NoUpdate(session.tag()),
              unsuitable ? "Not in the order of relevancy" : "Too many contexts");
      return;
    }
    SearchKey key = request.key().fixed(session.view());
    ReturnOptions options = request.options();
    updated.add(
        new UpdatedSearch(
            session, key, program, source, options == null ? null : options.items(), result));
  }

  MailboxView view() {
    return view;
  }

  /** Hands what the key matches to the sink, in mailbox order. */
  private void evaluate(SearchEvaluator.Sink sink, boolean scored) throws IOException {
    SearchEvaluator evaluator =
        new SearchEvaluator(session.store(), view, session.clock().millis(), request.key(), sink);
    if (scored) {
      evaluator.scored();
    }
    evaluator.with(session.textIndex()).telling(new Progress(session, view.count())).run();
    warn(evaluator.damaged());
  }

  /** What the key matches, in mailbox order. */
  SearchResult inMailboxOrder(boolean uid) throws IOException {
    SearchResult result = new SearchResult(uid);
    if (request.key() instanceof SearchKey.All) {
      for (int i = 0; i < view.count(); i++) {
        result.add(i, view.uids()[i], 0, 0);
      }
    } else {
      evaluate(
          (index, entry, score) -> result.add(index, entry.uid(), entry.modSeq(), score),
          request.has(Option.RELEVANCY));
    }
    return result;
  }

  /**
   * The messages that match, in mailbox order.
   *
   * @param scores takes their scores, or is null where they are not asked for
   * @throws StorageException LIMIT when there are too many to be put in order
   */
  List<MessageEntry> entries(@Nullable List<Integer> scores) throws IOException {
    List<MessageEntry> entries = new ArrayList<>();
    int max = session.limits().search().sortedMax();
    evaluate(
        (index, entry, score) -> {
          if (entries.size() == max) {
            throw new StorageException(
                StorageException.Reason.LIMIT, "At most " + max + " messages can be put in order");
          }
          entries.add(entry);
          if (scores != null) {
            scores.add(score);
          }
        },
        scores != null);
    return entries;
  }

  MessageFields fields() {
    return session.messageFields();
  }

  /** Names messages that are damaged. */
  void warn(List<Long> damaged) throws IOException {
    if (!damaged.isEmpty()) {
      session.writer().warn(Plain.CORRUPTION, Damaged.sentence("searched", damaged));
    }
  }
}
