package org.postrider.imap.list;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * The arguments of LIST (RFC 3501 §6.3.8, RFC 5258 §3, RFC 6154 §2, RFC 5819).
 *
 * @param extended whether any of the extended syntax was used
 * @param status what STATUS shall tell of each mailbox, empty for nothing
 */
public record ListRequest(
    Set<Option> selection,
    String reference,
    List<String> patterns,
    Set<Option> returns,
    Set<StatusItem> status,
    boolean extended) {
  /** Patterns of one command. */
  private static final int PATTERNS_MAX = 100;

  /** Selection and return options. */
  public enum Option {
    SUBSCRIBED,
    REMOTE,
    RECURSIVEMATCH,
    SPECIAL_USE,
    CHILDREN
  }

  public static ListRequest parse(ImapReader in) throws IOException, ImapSyntaxException {
    Set<Option> selection = EnumSet.noneOf(Option.class);
    boolean extended = false;
    if (in.accept('(')) {
      extended = true;
      selection = selection(in);
      in.space();
    }
    String reference = in.mailbox();
    in.space();
    List<String> patterns = new ArrayList<>();
    if (in.accept('(')) {
      extended = true;
      do {
        patterns.add(in.listMailbox());
      } while (in.accept(' ') && patterns.size() < PATTERNS_MAX);
      in.expect(')');
    } else {
      patterns.add(in.listMailbox());
    }
    Set<Option> returns = EnumSet.noneOf(Option.class);
    Set<StatusItem> status = EnumSet.noneOf(StatusItem.class);
    if (in.accept(' ')) {
      extended = true;
      if (!in.acceptWord("RETURN")) {
        throw new ImapSyntaxException("Expected RETURN");
      }
      in.space();
      returns(in, returns, status);
    }
    return new ListRequest(selection, reference, List.copyOf(patterns), returns, status, extended);
  }

  private static Set<Option> selection(ImapReader in) throws ImapSyntaxException {
    Set<Option> options = EnumSet.noneOf(Option.class);
    if (in.accept(')')) {
      return options;
    }
    do {
      options.add(
          switch (in.word()) {
            case "SUBSCRIBED" -> Option.SUBSCRIBED;
            case "REMOTE" -> Option.REMOTE;
            case "RECURSIVEMATCH" -> Option.RECURSIVEMATCH;
            case "SPECIAL-USE" -> Option.SPECIAL_USE;
            default -> throw new ImapSyntaxException("No such selection option");
          });
    } while (in.accept(' '));
    in.expect(')');
    // RFC 5258 §3.1: it needs an option that selects by itself.
    if (options.contains(Option.RECURSIVEMATCH)
        && !options.contains(Option.SUBSCRIBED)
        && !options.contains(Option.SPECIAL_USE)) {
      throw new ImapSyntaxException("RECURSIVEMATCH needs another selection option");
    }
    return options;
  }

  private static void returns(ImapReader in, Set<Option> options, Set<StatusItem> status)
      throws ImapSyntaxException {
    in.expect('(');
    if (in.accept(')')) {
      return;
    }
    do {
      switch (in.word()) {
        case "SUBSCRIBED" -> options.add(Option.SUBSCRIBED);
        case "CHILDREN" -> options.add(Option.CHILDREN);
        case "SPECIAL-USE" -> options.add(Option.SPECIAL_USE);
        case "STATUS" -> {
          in.space();
          status.addAll(StatusItem.parse(in));
        }
        default -> throw new ImapSyntaxException("No such return option");
      }
    } while (in.accept(' '));
    in.expect(')');
  }

  /** Whether only the separator is asked for (RFC 3501 §6.3.8). */
  public boolean asksForSeparator() {
    return !extended && patterns.getFirst().isEmpty();
  }

  /** The patterns with the reference before them. */
  List<ListPattern> compiled() {
    return patterns.stream().map(pattern -> new ListPattern(reference, pattern)).toList();
  }
}
