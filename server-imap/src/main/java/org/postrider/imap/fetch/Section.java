package org.postrider.imap.fetch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postrider.imap.content.HeaderFields;
import org.postrider.imap.response.ResponseBuffer;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * What of a message {@code BODY[...]} names (RFC 3501 §6.4.5).
 *
 * @param part section numbers, empty for the message itself
 * @param fields names for FIELDS and FIELDS_NOT, as written, empty otherwise
 */
public record Section(List<Integer> part, Kind kind, List<String> fields) {
  /** Section numbers of one section. */
  private static final int DEPTH_MAX = 100;

  /** What of the part. */
  public enum Kind {
    ALL(""),
    HEADER("HEADER"),
    FIELDS("HEADER.FIELDS"),
    FIELDS_NOT("HEADER.FIELDS.NOT"),
    TEXT("TEXT"),
    MIME("MIME");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /** The whole message. */
  public static final Section WHOLE = new Section(List.of(), Kind.ALL, List.of());

  /** Parses what stands between the brackets, with the closing one. */
  static Section parse(ImapReader in) throws IOException, ImapSyntaxException {
    List<Integer> part = new ArrayList<>();
    Kind kind = Kind.ALL;
    List<String> fields = List.of();
    boolean more = !in.accept(']');
    while (more) {
      int c = in.peek();
      if (c >= '0' && c <= '9') {
        part.add((int) Math.min(in.nonZeroNumber(), Integer.MAX_VALUE));
        more = in.accept('.');
      } else {
        kind = kind(in.word());
        more = false;
      }
      if (part.size() > DEPTH_MAX) {
        throw new ImapSyntaxException("Section too deep");
      }
      if (!more) {
        if (kind == Kind.FIELDS || kind == Kind.FIELDS_NOT) {
          in.space();
          fields = names(in);
        }
        in.expect(']');
      }
    }
    if (kind == Kind.MIME && part.isEmpty()) {
      throw new ImapSyntaxException("MIME needs a part");
    }
    return new Section(List.copyOf(part), kind, fields);
  }

  private static final Pattern TEXT =
      Pattern.compile(
          "((?:[1-9]\\d{0,8})(?:\\.[1-9]\\d{0,8})*)?"
              + "(?:(?:^|(?<=\\d)\\.)(HEADER|TEXT|MIME|HEADER\\.FIELDS(?:\\.NOT)?(?= ))"
              + "(?: \\(([^() ]+(?: [^() ]+)*)\\))?)?");

  /** A section as it stands in an IMAP URL (RFC 5092 §11 enc-section), decoded; empty for none. */
  public static Optional<Section> parse(String text) {
    Matcher matcher = TEXT.matcher(text.toUpperCase(Locale.ROOT));
    if (text.isEmpty() || !matcher.matches()) {
      return Optional.empty();
    }
    List<Integer> part =
        matcher.group(1) == null
            ? List.of()
            : Pattern.compile("\\.").splitAsStream(matcher.group(1)).map(Integer::valueOf).toList();
    Kind kind = Kind.ALL;
    for (Kind each : Kind.values()) {
      if (each.text.equals(matcher.group(2))) {
        kind = each;
      }
    }
    boolean filters = kind == Kind.FIELDS || kind == Kind.FIELDS_NOT;
    if (part.size() > DEPTH_MAX
        || filters != (matcher.group(3) != null)
        || (kind == Kind.MIME && part.isEmpty())) {
      return Optional.empty();
    }
    List<String> fields = filters ? List.of(matcher.group(3).split(" ", -1)) : List.of();
    return Optional.of(new Section(part, kind, fields));
  }

  private static Kind kind(String word) throws ImapSyntaxException {
    for (Kind kind : Kind.values()) {
      if (kind != Kind.ALL && kind.text.equals(word)) {
        return kind;
      }
    }
    throw new ImapSyntaxException("No such section");
  }

  private static List<String> names(ImapReader in) throws IOException, ImapSyntaxException {
    List<String> names = new ArrayList<>();
    in.expect('(');
    do {
      names.add(in.text());
    } while (in.accept(' '));
    in.expect(')');
    return List.copyOf(names);
  }

  int[] numbers() {
    return part.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The filter for FIELDS and FIELDS_NOT. */
  HeaderFields filter() {
    return new HeaderFields(fields, kind == Kind.FIELDS);
  }

  /** Appends the section with its brackets. */
  void append(ResponseBuffer out) {
    out.character('[');
    String dot = "";
    for (int number : part) {
      out.ascii(dot).number(number);
      dot = ".";
    }
    if (kind != Kind.ALL) {
      out.ascii(dot).ascii(kind.text);
    }
    if (!fields.isEmpty()) {
      String space = " (";
      for (String field : fields) {
        out.ascii(space).astring(field);
        space = " ";
      }
      out.character(')');
    }
    out.character(']');
  }
}
