package org.postrider.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A dialogue between one or more clients and a server, as a person would write it down:
 *
 * <pre>
 * # RFC 5321 §4.1.1.2            a comment
 * S: 220 ${host} ESMTP ${*}      a server line: ${*} matches anything, ${name} binds (and must be
 *                                equal from then on), ${name:regex} binds what the regex matches
 * C: EHLO ${host}                a client line; CRLF is added. Consecutive ones go in one write
 * S| 250-${*}                    zero or more server lines like that, before the next S:
 * S: 250 SMTPUTF8
 * S...                           skips server lines until the next S: matches
 * S{                             server lines in any order, until S}
 * C: abc\                        no CRLF; escapes are \r \n \0 \t \\ \xHH, others stand for themselves
 * C: ${base64:\0user\0pass} ${repeat:x:10000}
 * C2: NOOP                       a second connection, opened at its first use (S2: S2| S2{ S2...)
 * TLS  DEFLATE  CLOSED           that side starts TLS or raw deflate; the server closes
 * </pre>
 *
 * Bytes of the file are bytes on the wire: a character beyond ASCII is its UTF-8 octets. In memory
 * all text is therefore ISO-8859-1.
 */
public final class Transcript {
  private static final Pattern TEXT =
      Pattern.compile("([CS])([2-9]?)(: ?|\\| ?|\\.\\.\\.|\\{|\\})(.*)");
  private static final Pattern WORD = Pattern.compile("(TLS|DEFLATE|CLOSED)([2-9]?)");

  /** One step of the dialogue, on one connection, from one line of the file on. */
  sealed interface Step {
    int connection();

    int line();
  }

  /** Client lines that leave in one write, as written. */
  record Send(int connection, int line, List<String> texts) implements Step {}

  /** Server lines in any order; lines that match {@code skippable} may come before and between. */
  record Expect(int connection, int line, List<LinePattern> skippable, List<LinePattern> required)
      implements Step {}

  /** The server closes the connection. */
  record Closed(int connection, int line, List<LinePattern> skippable) implements Step {}

  /** The client side begins TLS. */
  record StartTls(int connection, int line) implements Step {}

  /** The client side begins to compress (RFC 4978). */
  record StartDeflate(int connection, int line) implements Step {}

  private final String name;
  private final List<Step> steps = new ArrayList<>();

  private int line;
  private int skippableOf;
  private List<LinePattern> skippable = new ArrayList<>();
  private int blockOf;
  private List<LinePattern> block = new ArrayList<>();

  private Transcript(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException with file and line when it is not a transcript
   */
  public static Transcript load(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    return parse(file.getFileName().toString(), text);
  }

  /** Reads text in which each character is one octet. */
  static Transcript parse(String name, String text) {
    Transcript transcript = new Transcript(name);
    for (String line : text.split("\r?\n", -1)) {
      transcript.line++;
      transcript.parseLine(line);
    }
    if (transcript.blockOf != 0 || !transcript.skippable.isEmpty()) {
      throw transcript.error("the file ends within S{, S| or S...");
    }
    return transcript;
  }

  public String name() {
    return name;
  }

  List<Step> steps() {
    return steps;
  }

  @Override
  public String toString() {
    return name;
  }

  private void parseLine(String text) {
    if (text.isBlank() || text.startsWith("#")) {
      return;
    }
    Matcher word = WORD.matcher(text.strip());
    Matcher matcher = TEXT.matcher(text);
    if (word.matches()) {
      add(word.group(1), number(word.group(2)));
    } else if (!matcher.matches()) {
      throw error("not a transcript line: " + text);
    } else if (matcher.group(1).equals("S")) {
      server(matcher.group(3).strip(), number(matcher.group(2)), matcher.group(4));
    } else if (matcher.group(3).startsWith(":")) {
      client(number(matcher.group(2)), matcher.group(4));
    } else {
      throw error("not a client line: " + text);
    }
  }

  private static int number(String digit) {
    return digit.isEmpty() ? 1 : Integer.parseInt(digit);
  }

  private void add(String word, int connection) {
    if (word.equals("CLOSED")) {
      steps.add(new Closed(connection, line, takeSkippable(connection)));
      return;
    }
    takeNoSkippable();
    steps.add(
        word.equals("TLS") ? new StartTls(connection, line) : new StartDeflate(connection, line));
  }

  private void client(int connection, String text) {
    takeNoSkippable();
    if (!steps.isEmpty() && steps.getLast() instanceof Send last && last.connection == connection) {
      last.texts.add(text);
    } else {
      steps.add(new Send(connection, line, new ArrayList<>(List.of(text))));
    }
  }

  private void server(String mark, int connection, String text) {
    LinePattern pattern = new LinePattern(text, line);
    switch (mark) {
      case ":" -> {
        if (blockOf == connection) {
          block.add(pattern);
        } else {
          expect(connection, List.of(pattern));
        }
      }
      case "|" -> addSkippable(connection, pattern);
      case "..." -> addSkippable(connection, new LinePattern("${*}", line));
      case "{" -> {
        if (blockOf != 0) {
          throw error("S{ within S{");
        }
        blockOf = connection;
        block = new ArrayList<>();
      }
      default -> {
        if (blockOf != connection || block.isEmpty()) {
          throw error("S} without S{, or nothing in it");
        }
        blockOf = 0;
        expect(connection, block);
      }
    }
  }

  private void expect(int connection, List<LinePattern> required) {
    if (blockOf != 0) {
      throw error("another connection's line within S{");
    }
    steps.add(
        new Expect(connection, required.getFirst().line(), takeSkippable(connection), required));
  }

  private void addSkippable(int connection, LinePattern pattern) {
    if (!skippable.isEmpty() && skippableOf != connection) {
      takeNoSkippable();
    }
    skippableOf = connection;
    skippable.add(pattern);
  }

  private List<LinePattern> takeSkippable(int connection) {
    if (!skippable.isEmpty() && skippableOf != connection) {
      takeNoSkippable();
    }
    List<LinePattern> taken = skippable;
    skippable = new ArrayList<>();
    return taken;
  }

  private void takeNoSkippable() {
    // Whether a further line comes can only be told from the line after it.
    if (!skippable.isEmpty() || blockOf != 0) {
      throw error("S| and S... must be followed by an S: line of the same connection, S{ by S}");
    }
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException(name + ":" + line + ": " + what);
  }
}
