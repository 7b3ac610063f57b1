package org.postrider.imap.fetch;

import static org.postrider.imap.fetch.FetchItem.Plain.BODY;
import static org.postrider.imap.fetch.FetchItem.Plain.BODYSTRUCTURE;
import static org.postrider.imap.fetch.FetchItem.Plain.EMAILID;
import static org.postrider.imap.fetch.FetchItem.Plain.ENVELOPE;
import static org.postrider.imap.fetch.FetchItem.Plain.FLAGS;
import static org.postrider.imap.fetch.FetchItem.Plain.INTERNALDATE;
import static org.postrider.imap.fetch.FetchItem.Plain.MODSEQ;
import static org.postrider.imap.fetch.FetchItem.Plain.PREVIEW;
import static org.postrider.imap.fetch.FetchItem.Plain.RFC822_SIZE;
import static org.postrider.imap.fetch.FetchItem.Plain.SAVEDATE;
import static org.postrider.imap.fetch.FetchItem.Plain.THREADID;
import static org.postrider.imap.fetch.FetchItem.Plain.UID;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.content.ContentBatch.Need;
import org.postrider.imap.fetch.FetchItem.Binary;
import org.postrider.imap.fetch.FetchItem.BinarySize;
import org.postrider.imap.fetch.FetchItem.Octets;
import org.postrider.imap.fetch.FetchItem.Partial;
import org.postrider.imap.fetch.FetchItem.Plain;
import org.postrider.imap.fetch.Section.Kind;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/** The data items of one FETCH, without doubles. */
public record FetchItems(List<FetchItem> items) {
  /** Items of one command. */
  private static final int ITEMS_MAX = 1000;

  private static final List<Plain> FAST = List.of(FLAGS, INTERNALDATE, RFC822_SIZE);

  /** An item, a macro, or items in parentheses. */
  public static FetchItems parse(ImapReader in) throws IOException, ImapSyntaxException {
    Set<FetchItem> items = new LinkedHashSet<>();
    if (in.accept('(')) {
      do {
        items.add(item(in, in.word()));
        if (items.size() > ITEMS_MAX) {
          throw new ImapSyntaxException("Too many data items");
        }
      } while (in.accept(' '));
      in.expect(')');
    } else {
      String word = in.word();
      switch (word) {
        case "FAST" -> items.addAll(FAST);
        case "ALL" -> {
          items.addAll(FAST);
          items.add(ENVELOPE);
        }
        case "FULL" -> {
          items.addAll(FAST);
          items.add(ENVELOPE);
          items.add(BODY);
        }
        default -> items.add(item(in, word));
      }
    }
    return new FetchItems(List.copyOf(items));
  }

  private static FetchItem item(ImapReader in, String word)
      throws IOException, ImapSyntaxException {
    return switch (word) {
      case "UID" -> UID;
      case "FLAGS" -> FLAGS;
      case "INTERNALDATE" -> INTERNALDATE;
      case "RFC822.SIZE" -> RFC822_SIZE;
      case "ENVELOPE" -> ENVELOPE;
      case "BODYSTRUCTURE" -> BODYSTRUCTURE;
      case "MODSEQ" -> MODSEQ;
      case "RFC822" -> new Octets("RFC822", Section.WHOLE, false, null);
      case "RFC822.HEADER" -> new Octets(word, ofKind(Kind.HEADER), true, null);
      case "RFC822.TEXT" -> new Octets(word, ofKind(Kind.TEXT), false, null);
      case "BODY" -> in.accept('[') ? octets(in, false) : BODY;
      case "BODY.PEEK" -> {
        in.expect('[');
        yield octets(in, true);
      }
      case "BINARY" -> new Binary(part(in), false, partial(in));
      case "BINARY.PEEK" -> new Binary(part(in), true, partial(in));
      case "BINARY.SIZE" -> new BinarySize(part(in));
      case "SAVEDATE" -> SAVEDATE;
      case "EMAILID" -> EMAILID;
      case "THREADID" -> THREADID;
      case "PREVIEW" -> {
        lazy(in);
        yield PREVIEW;
      }
      default -> throw new ImapSyntaxException("No such data item");
    };
  }

  private static Section ofKind(Kind kind) {
    return new Section(List.of(), kind, List.of());
  }

  private static Octets octets(ImapReader in, boolean peek)
      throws IOException, ImapSyntaxException {
    Section section = Section.parse(in);
    return new Octets(null, section, peek, partial(in));
  }

  private static @Nullable Partial partial(ImapReader in) throws ImapSyntaxException {
    if (!in.accept('<')) {
      return null;
    }
    long offset = in.number();
    in.expect('.');
    Partial partial = new Partial(offset, in.nonZeroNumber());
    in.expect('>');
    return partial;
  }

  /** RFC 3516 §7 section-binary. */
  private static Section part(ImapReader in) throws IOException, ImapSyntaxException {
    in.expect('[');
    Section section = Section.parse(in);
    if (section.kind() != Kind.ALL) {
      throw new ImapSyntaxException("Expected the number of a part");
    }
    return section;
  }

  /** RFC 8970 §6 preview-mod; it asks for nothing, since previews lie ready. */
  private static void lazy(ImapReader in) throws ImapSyntaxException {
    if (in.acceptWord(" (LAZY")) {
      while (in.accept(' ')) {
        if (!in.name().equals("LAZY")) {
          throw new ImapSyntaxException("No such modifier of PREVIEW");
        }
      }
      in.expect(')');
    }
  }

  /** The same with UID first, for UID FETCH, and with MODSEQ where it is wanted. */
  public FetchItems with(boolean uid, boolean modSeq) {
    Set<FetchItem> all = new LinkedHashSet<>();
    if (uid) {
      all.add(UID);
    }
    all.addAll(items);
    if (modSeq) {
      all.add(MODSEQ);
    }
    return new FetchItems(new ArrayList<>(all));
  }

  /** Whether {@code \Seen} is set by it. */
  public boolean setsSeen() {
    return items.stream()
        .anyMatch(item ->
            (item instanceof Octets octets && !octets.peek())
                || (item instanceof Binary binary && !binary.peek()));
  }

  public boolean wants(Plain item) {
    return items.contains(item);
  }

  /** What must be read of each content. */
  Set<Need> needs() {
    Set<Need> needs = EnumSet.noneOf(Need.class);
    for (FetchItem item : items) {
      switch (item) {
        case Plain plain -> {
          if (plain == ENVELOPE || plain == BODY || plain == BODYSTRUCTURE || plain == PREVIEW) {
            needs.add(Need.DIGEST);
          } else if (plain == THREADID) {
            needs.add(Need.HEADER);
          }
        }
        case Binary ignored -> needs.addAll(EnumSet.of(Need.DIGEST, Need.BYTES));
        case BinarySize ignored -> needs.addAll(EnumSet.of(Need.DIGEST, Need.BYTES));
        case Octets octets -> {
          boolean top = octets.section().part().isEmpty();
          switch (octets.section().kind()) {
            case HEADER, FIELDS, FIELDS_NOT -> needs.add(top ? Need.HEADER : Need.BYTES);
            case ALL, TEXT, MIME -> needs.add(Need.BYTES);
          }
          boolean header = top && octets.section().kind() != Kind.TEXT;
          if (!header) {
            needs.add(Need.DIGEST);
          }
        }
      }
    }
    return needs;
  }
}
