package org.postrider.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postrider.message.DigestBuilder;
import org.postrider.message.MimePart;
import org.postrider.storage.Account;
import org.postrider.storage.Mailbox;
import org.postrider.storage.MessageFlags;

/**
 * What FETCH says of the messages of the module {@code message}, ordinary and torturous, item by
 * item: envelope, structure, and each part in every form there is. {@code
 * src/test/resources/golden} has the answers; {@code -Dpostrider.golden=write} writes them anew.
 * Where other servers answer otherwise is in {@code docs/imap-differences.md}.
 */
class GoldenFetchTest {
  private static final boolean WRITE = "write".equals(System.getProperty("postrider.golden"));
  private static final Path MESSAGES = Path.of("../message/src/test/resources/golden");
  private static final Path ANSWERS = Path.of("src/test/resources/golden");

  private static final String PART = "BODY.PEEK[#.MIME] BODY.PEEK[#]";
  private static final String MESSAGE =
      " BODY.PEEK[#.HEADER] BODY.PEEK[#.TEXT] BODY.PEEK[#.HEADER.FIELDS (Subject)]";
  private static final String BINARY = "(BINARY.SIZE[#] BINARY.PEEK[#] BINARY.PEEK[#]<2.5>)";

  /** Of a message with more parts the first ones are asked for. */
  private static final int PARTS_MAX = 12;

  /** Longer texts are told by their start and end. */
  private static final int SHOWN_OCTETS_MAX = 2_000;

  private static final int SHOWN_ENDS_OCTETS = 100;
  private static final Pattern LITERAL = Pattern.compile("~?\\{(\\d+)\\}$");

  @TempDir static Path directory;

  private static ImapServer server;
  private static Socket socket;
  private static InputStream in;

  @BeforeAll
  static void start() throws IOException {
    server = ImapServer.start(ImapServer.settings(), directory, List.of());
    Account account = server.newAccount();
    Mailbox inbox = server.store.mailboxes().find(account.id(), "INBOX").orElseThrow();
    for (Path message : messages().toList()) {
      server.append(inbox, Files.readAllBytes(message), MessageFlags.NONE, 0);
    }
    socket = new Socket();
    socket.connect(server.address("imap"));
    socket.setSoTimeout(10_000);
    in = new BufferedInputStream(socket.getInputStream());
    send("l LOGIN " + account.login() + " " + ImapServer.PASSWORD, "s EXAMINE INBOX");
    while (!line().startsWith("s OK")) {}
  }

  @AfterAll
  static void stop() throws IOException {
    socket.close();
    server.close();
  }

  static Stream<Path> messages() throws IOException {
    try (Stream<Path> files = Files.list(MESSAGES)) {
      return files.filter(file -> file.toString().endsWith(".eml")).sorted().toList().stream();
    }
  }

  private static Path answer(Path message) {
    return ANSWERS.resolve(message.getFileName().toString().replace(".eml", ".fetch"));
  }

  @Test
  void eachAnswerHasItsMessage() throws IOException {
    List<Path> expected = messages().map(GoldenFetchTest::answer).toList();
    try (Stream<Path> files = Files.list(ANSWERS)) {
      assertThat(files.toList()).hasSizeGreaterThan(100).hasSameElementsAs(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyItem(Path message) throws IOException {
    int number = messages().toList().indexOf(message) + 1;
    List<String> items = items(Files.readAllBytes(message));
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      commands.add("a" + i + " FETCH " + number + " " + items.get(i));
    }
    send(commands.toArray(String[]::new));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      text.append("C: ").append(items.get(i)).append('\n');
      response(text, "a" + i, number);
    }
    if (WRITE) {
      Files.writeString(answer(message), text);
    }
    assertThat(text.toString()).isEqualTo(Files.readString(answer(message)));
  }

  private static List<String> items(byte[] octets) {
    DigestBuilder builder = new DigestBuilder();
    builder.update(octets, 0, octets.length);
    List<String> items =
        new ArrayList<>(
            List.of(
                "(RFC822.SIZE ENVELOPE BODY BODYSTRUCTURE)",
                "(BODY.PEEK[HEADER] BODY.PEEK[TEXT] BODY.PEEK[TEXT]<3.9>"
                    + " BODY.PEEK[HEADER.FIELDS (subject X-A content-type)]"
                    + " BODY.PEEK[HEADER.FIELDS.NOT (From To Date Subject Received X-Long)]"
                    + " BODY.PEEK[99.MIME])"));
    List<String> paths = new ArrayList<>();
    MimePart root = builder.finish().root();
    if (root.isMultipart()) {
      numbered(root, "", items, paths);
    } else {
      part(root, "1", items, paths);
    }
    return items;
  }

  /** Parts of a multipart; what is in a message counts on from the message's number. */
  private static void numbered(
      MimePart multipart, String prefix, List<String> items, List<String> paths) {
    int number = 1;
    for (MimePart child : multipart.children()) {
      part(child, prefix + number++, items, paths);
    }
  }

  private static void part(MimePart part, String path, List<String> items, List<String> paths) {
    if (paths.size() == PARTS_MAX) {
      return;
    }
    paths.add(path);
    String forms = part.isMessage() ? PART + MESSAGE : PART;
    items.add("(" + forms.replace("#", path) + ")");
    items.add(BINARY.replace("#", path));
    if (part.isMultipart()) {
      numbered(part, path + ".", items, paths);
    } else if (part.isMessage()) {
      for (MimePart inner : part.children()) {
        if (inner.isMultipart()) {
          numbered(inner, path + ".", items, paths);
        } else {
          part(inner, path + ".1", items, paths);
        }
      }
    }
  }

  private static void send(String... commands) throws IOException {
    String text = String.join("\r\n", commands) + "\r\n";
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException(line.toString());
      }
      line.append((char) octet);
    }
    assertThat(line.toString()).endsWith("\r");
    return line.substring(0, line.length() - 1);
  }

  /** Reads up to the tagged response, which shows when it is not OK. */
  private static void response(StringBuilder text, String tag, int number) throws IOException {
    String own = "* " + number + " FETCH ";
    for (String line = line(); !line.startsWith(tag + " OK"); line = line()) {
      if (line.startsWith(tag)) {
        text.append(line.substring(tag.length() + 1)).append('\n');
        return;
      }
      text.append(line.startsWith(own) ? line.substring(own.length()) : line).append('\n');
      Matcher literal = LITERAL.matcher(line);
      if (literal.find()) {
        octets(text, in.readNBytes(Integer.parseInt(literal.group(1))));
      }
    }
  }

  /** Each line of a literal behind a bar, with its end and all that is not printable escaped. */
  private static void octets(StringBuilder text, byte[] octets) {
    if (octets.length > SHOWN_OCTETS_MAX) {
      escaped(text, octets, 0, SHOWN_ENDS_OCTETS);
      text.append("  ...\n");
      escaped(text, octets, octets.length - SHOWN_ENDS_OCTETS, octets.length);
    } else {
      escaped(text, octets, 0, octets.length);
    }
  }

  private static void escaped(StringBuilder text, byte[] octets, int from, int to) {
    boolean start = true;
    for (int i = from; i < to; i++) {
      text.append(start ? "  |" : "");
      start = octets[i] == '\n' || i + 1 == to;
      switch (octets[i]) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        case '\\' -> text.append("\\\\");
        default -> {
          if (octets[i] >= ' ' && octets[i] < 0x7f) {
            text.append((char) octets[i]);
          } else {
            text.append(String.format("\\x%02x", octets[i]));
          }
        }
      }
      text.append(start ? "\n" : "");
    }
  }
}
