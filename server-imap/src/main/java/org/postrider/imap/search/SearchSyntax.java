package org.postrider.imap.search;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.postrider.imap.collation.UnicodeCasemap;
import org.postrider.imap.search.SearchKey.And;
import org.postrider.imap.search.SearchKey.DateOrder;
import org.postrider.imap.search.SearchKey.Flag;
import org.postrider.imap.search.SearchKey.HeaderText;
import org.postrider.imap.search.SearchKey.InternalDate;
import org.postrider.imap.search.SearchKey.Keyword;
import org.postrider.imap.search.SearchKey.Not;
import org.postrider.imap.search.SearchKey.Recent;
import org.postrider.imap.search.SearchKey.SentDate;
import org.postrider.imap.syntax.FlagSyntax;
import org.postrider.imap.syntax.ImapDate;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.SystemFlag;

/** Parses search keys. */
final class SearchSyntax {
  /** Keys inside keys; deeper ones would only serve to exhaust the stack. */
  private static final int DEPTH_MAX = 100;

  private final ImapReader in;
  private final Charset charset;

  SearchSyntax(ImapReader in, Charset charset) {
    this.in = in;
    this.charset = charset;
  }

  /** Keys with spaces between, up to the end of the line or a closing parenthesis. */
  SearchKey keys(int depth) throws IOException, ImapSyntaxException {
    List<SearchKey> keys = new ArrayList<>();
    do {
      keys.add(key(depth));
    } while (in.accept(' '));
    return keys.size() == 1 ? keys.getFirst() : new And(List.copyOf(keys));
  }

  private SearchKey key(int depth) throws IOException, ImapSyntaxException {
    if (depth > DEPTH_MAX) {
      throw new ImapSyntaxException("Search keys nested too deeply");
    }
    int c = in.peek();
    if (c == '(') {
      in.expect('(');
      SearchKey keys = keys(depth + 1);
      in.expect(')');
      return keys;
    }
    if (c == '*' || c == '$' || (c >= '0' && c <= '9')) {
      return new SearchKey.Numbers(in.sequenceSet());
    }
    String name = in.word();
    return switch (name) {
      case "ALL" -> new SearchKey.All();
      case "NOT" -> {
        in.space();
        yield new Not(key(depth + 1));
      }
      case "FUZZY" -> {
        in.space();
        yield SearchKey.Fuzzy.of(key(depth + 1));
      }
      case "OR" -> {
        in.space();
        SearchKey left = key(depth + 1);
        in.space();
        yield new SearchKey.Or(left, key(depth + 1));
      }
      case "ANSWERED", "DELETED", "DRAFT", "FLAGGED", "SEEN" -> flag(name);
      case "UNANSWERED", "UNDELETED", "UNDRAFT", "UNFLAGGED", "UNSEEN" ->
          new Not(flag(name.substring(2)));
      // RFC 8514 §4.3: the store knows it of every message.
      case "SAVEDATESUPPORTED" -> new SearchKey.All();
      case "RECENT" -> new Recent();
      case "OLD" -> new Not(new Recent());
      case "NEW" -> new And(List.of(new Recent(), new Not(new Flag(SystemFlag.SEEN))));
      default -> withArgument(name);
    };
  }

  private static Flag flag(String name) {
    return new Flag(SystemFlag.valueOf(name));
  }

  private SearchKey withArgument(String name) throws IOException, ImapSyntaxException {
    in.space();
    return switch (name) {
      case "KEYWORD" -> new Keyword(FlagSyntax.keyword(in));
      case "UNKEYWORD" -> new Not(new Keyword(FlagSyntax.keyword(in)));
      case "BCC", "CC", "FROM", "TO", "SUBJECT" -> new HeaderText(name, text());
      case "HEADER" -> {
        String field = in.text();
        in.space();
        yield new HeaderText(field, text());
      }
      case "BODY" -> new SearchKey.BodyText(text());
      case "TEXT" -> new SearchKey.AnyText(text());
      case "BEFORE", "ON", "SINCE" -> new InternalDate(DateOrder.valueOf(name), date());
      case "SENTBEFORE", "SENTON", "SENTSINCE" ->
          new SentDate(DateOrder.valueOf(name.substring(4)), date());
      case "SAVEDBEFORE", "SAVEDON", "SAVEDSINCE" ->
          new SearchKey.SaveDate(DateOrder.valueOf(name.substring(5)), date());
      case "EMAILID" -> new SearchKey.EmailId(in.objectId());
      case "THREADID" -> new SearchKey.ThreadId(in.objectId());
      case "OLDER" -> new SearchKey.Older(in.nonZeroNumber());
      case "YOUNGER" -> new SearchKey.Younger(in.nonZeroNumber());
      case "LARGER" -> new SearchKey.Larger(in.number());
      case "SMALLER" -> new SearchKey.Smaller(in.number());
      case "UID" -> new SearchKey.Uids(in.sequenceSet());
      case "MODSEQ" -> modSeq();
      default -> throw new ImapSyntaxException("No such search key");
    };
  }

  /** RFC 7162 §3.1.5: an entry name and type may stand before the number; they say nothing here. */
  private SearchKey modSeq() throws IOException, ImapSyntaxException {
    if (in.peek() == '"') {
      in.string();
      in.space();
      String type = in.name();
      if (!type.equals("PRIV") && !type.equals("SHARED") && !type.equals("ALL")) {
        throw new ImapSyntaxException("Expected priv, shared or all");
      }
      in.space();
    }
    return new SearchKey.ModSeqFrom(in.number());
  }

  private LocalDate date() throws ImapSyntaxException {
    return ImapDate.date(in);
  }

  private String text() throws IOException, ImapSyntaxException {
    byte[] raw = in.astring();
    try {
      return UnicodeCasemap.map(charset.newDecoder().decode(ByteBuffer.wrap(raw)).toString());
    } catch (CharacterCodingException e) {
      throw new ImapSyntaxException("Text does not fit its charset");
    }
  }
}
