package org.postrider.imap.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.postrider.imap.command.AppendMessage.Source.Octets;
import org.postrider.imap.syntax.ChunkedInput;
import org.postrider.imap.syntax.ImapFatalException;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.Literal;
import org.postrider.imap.syntax.ReaderLimits;
import org.postrider.wire.ConnectionClosedException;

/** The grammar of all commands, without a server. */
class CommandSyntaxTest {
  static final List<String> COMMANDS =
      List.of(
          "CAPABILITY\r\n",
          "noop\r\n",
          "LOGIN alice@example.org {6+}\r\nsecret\r\n",
          "LOGIN \"a \\\"b\\\\\" {0+}\r\n\r\n",
          "AUTHENTICATE PLAIN AGFsaWNlAHNlY3JldA==\r\n",
          "ID (\"name\" \"x\" \"os\" NIL)\r\n",
          "ENABLE CONDSTORE UTF8=ACCEPT IMAP4rev2\r\n",
          "UNAUTHENTICATE\r\n",
          "SELECT \"Entw&APw-rfe\" (CONDSTORE)\r\n",
          "SELECT INBOX (QRESYNC (7 9223372036854775807 1:3,9 (1,4:5 2,8:9)) CONDSTORE)\r\n",
          "EXAMINE INBOX (QRESYNC (7 1 (1 1)))\r\n",
          "CREATE {3+}\r\nabc (USE (\\Sent))\r\n",
          "RENAME a {1+}\r\nb\r\n",
          "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (a* %) RETURN (STATUS (MESSAGES UNSEEN))\r\n",
          "LSUB \"\" *\r\n",
          "STATUS INBOX (MESSAGES UIDNEXT)\r\n",
          "APPEND INBOX (\\Seen x) \"17-Jul-1996 02:44:25 -0700\" {4+}\r\nabcd\r\n",
          "APPEND INBOX UTF8 (~{4+}\r\nabcd)\r\n",
          "APPEND INBOX (x) ~{4+}\r\nabcd\r\n",
          "REPLACE * INBOX (\\Seen) {4+}\r\nabcd\r\n",
          "FETCH 1 (BINARY[1]<0.5> BINARY.SIZE[] PREVIEW (LAZY) EMAILID THREADID SAVEDATE)\r\n",
          "SEARCH SAVEDON 1-Feb-2024 OR EMAILID a THREADID b-_9\r\n",
          "FETCH 1:*,3,*:2 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (a {1+}\r\nb)]<0.10> RFC822)\r\n",
          "UID FETCH 1 BODY[TEXT] (CHANGEDSINCE 7)\r\n",
          "STORE 1 (UNCHANGEDSINCE 3) +FLAGS.SILENT (\\Deleted)\r\n",
          "SEARCH RETURN (MIN) CHARSET UTF-8 OR (FROM a NOT SEEN) SUBJECT {2+}\r\nab 1:2\r\n",
          "UID SEARCH SENTSINCE 1-Feb-2024 MODSEQ 5 HEADER x \"\"\r\n",
          "SEARCH RETURN (SAVE PARTIAL -1:-9 COUNT) OR $ OLDER 60 UID $\r\n",
          "SORT RETURN (ALL) (REVERSE SUBJECT DISPLAYFROM) UTF-8 TEXT {1+}\r\nx\r\n",
          "UID THREAD REFERENCES {5+}\r\nUTF-8 ALL\r\n",
          "SEARCH RETURN (RELEVANCY) FUZZY (TEXT {1+}\r\nx NOT FUZZY SEEN)\r\n",
          "CANCELUPDATE \"a\" {1+}\r\nb\r\n",
          "ESEARCH IN (selected subtree-one (a {1+}\r\nb)) RETURN (CONTEXT UPDATE) UNSEEN\r\n",
          "UID FETCH $ FLAGS (PARTIAL 1:2 CHANGEDSINCE 3)\r\n",
          "UID FETCH 1:* FLAGS (VANISHED CHANGEDSINCE 3)\r\n",
          "UID COPY 1 INBOX\r\n",
          "MOVE 1:2 {1+}\r\nx\r\n",
          "SETQUOTA \"\" (STORAGE 1)\r\n");

  private static final String NEXT = "z NOOP\r\n";

  /** What became of a command: its text, or an error; then whether the next one was found. */
  private static String parse(byte[] octets, int split) throws IOException {
    List<String> seen = new ArrayList<>();
    ImapReader in =
        new ImapReader(
            new ChunkedInput(octets, split),
            new ReaderLimits(1000, 100, 1000),
            () -> seen.add("+"));
    try {
      while (true) {
        in.begin();
        seen.add(command(in));
      }
    } catch (ConnectionClosedException | ImapFatalException e) {
      seen.add(e.getClass().getSimpleName());
    }
    return String.join("\n", seen);
  }

  private static String command(ImapReader in) throws IOException {
    String tag = in.tag();
    if (tag == null) {
      in.discard();
      return "no tag";
    }
    try {
      in.checkLength();
      CommandTable.Row row = CommandTable.find(in);
      if (row.hasArguments()) {
        in.space();
      }
      ImapCommand command = row.parser().parse(in);
      AppendMessage message =
          command instanceof Append append
              ? append.first()
              : command instanceof Replace replace ? replace.message() : null;
      if (message != null && message.source() instanceof Octets(Literal literal, boolean utf8)) {
        in.stream(literal, (bytes, offset, length) -> {});
        if (utf8) {
          in.expect(')');
        }
      }
      in.end();
      return tag + " " + withoutIdentity(command.toString());
    } catch (ImapSyntaxException e) {
      in.discard();
      return tag + " BAD";
    }
  }

  private static String withoutIdentity(String text) {
    return text.replaceAll("@[0-9a-f]+", "");
  }

  @ParameterizedTest
  @FieldSource("COMMANDS")
  void isUnderstoodWhereverItIsSplit(String command) throws IOException {
    byte[] octets = ("a " + command + NEXT).getBytes(StandardCharsets.ISO_8859_1);
    String whole = parse(octets, octets.length);
    assertThat(whole).doesNotContain("BAD").endsWith("z Noop[]\nConnectionClosedException");
    for (int split = 0; split < octets.length; split++) {
      assertThat(parse(octets, split)).isEqualTo(whole);
    }
  }

  @Test
  void mutatedCommandsAreAnsweredAndTheSessionGoesOn() throws IOException {
    Random random = new Random(11);
    String odd = "(){}[]<>*%\"\\ \0\r~+-1a:,.";
    for (int i = 0; i < 60_000; i++) {
      StringBuilder text = new StringBuilder(COMMANDS.get(random.nextInt(COMMANDS.size())));
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(text.length() - 1);
        switch (random.nextInt(3)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, odd.charAt(random.nextInt(odd.length())));
          default -> text.setCharAt(at, odd.charAt(random.nextInt(odd.length())));
        }
      }
      byte[] octets = ("a " + text + "\r\n" + NEXT).getBytes(StandardCharsets.ISO_8859_1);
      String result = parse(octets, octets.length);
      assertThat(parse(octets, random.nextInt(octets.length))).isEqualTo(result);
    }
  }

  @Test
  void randomOctetsNeverBreakTheReader() throws IOException {
    Random random = new Random(13);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextInt(200)];
      random.nextBytes(octets);
      String result = parse(octets, octets.length);
      assertThat(parse(Arrays.copyOf(octets, octets.length), octets.length / 2)).isEqualTo(result);
    }
  }
}
