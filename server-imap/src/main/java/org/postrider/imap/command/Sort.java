package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.postrider.imap.content.SortFields;
import org.postrider.imap.response.Completion;
import org.postrider.imap.search.ReturnOptions;
import org.postrider.imap.search.SearchRequest;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.sort.SortOrder;
import org.postrider.imap.sort.SortProgram;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.MessageEntry;

/** SORT and UID SORT (RFC 5256 §3), with return options (RFC 5267 §3). */
record Sort(SortProgram program, SearchRequest request, boolean uid) implements ImapCommand {
  static Sort parse(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, false);
  }

  static Sort uid(ImapReader in) throws IOException, ImapSyntaxException {
    return parse(in, true);
  }

  private static Sort parse(ImapReader in, boolean uid) throws IOException, ImapSyntaxException {
    ReturnOptions options = SearchRequest.options(in);
    SortProgram program = SortProgram.parse(in);
    in.space();
    return new Sort(program, SearchRequest.inCharset(options, in), uid);
  }

  @Override
  public boolean usesSequenceNumbers() {
    return request.mentionsNumbers();
  }

  @Override
  public Completion execute(ImapSession session) throws IOException {
    return Searching.run(session, "SORT", request, program, this::found);
  }

  private SearchResult found(Searching searching) throws IOException {
    boolean scored = program.usesRelevancy() || request.has(ReturnOptions.Option.RELEVANCY);
    List<Integer> scores = new ArrayList<>();
    List<MessageEntry> entries = searching.entries(scored ? scores : null);
    List<Long> damaged = new ArrayList<>();
    List<SortFields> fields =
        program.needsContents() ? searching.fields().sortFields(entries, damaged) : List.of();
    searching.warn(damaged);
    SearchResult result = new SearchResult(uid);
    for (int i : new SortOrder(entries, fields, scores).by(program)) {
      MessageEntry entry = entries.get(i);
      result.add(
          searching.view().indexOf(entry.uid()),
          entry.uid(),
          entry.modSeq(),
          scored ? scores.get(i) : 0);
    }
    return result;
  }
}
