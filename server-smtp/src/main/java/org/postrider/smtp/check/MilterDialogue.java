package org.postrider.smtp.check;

import java.io.IOException;
import java.io.InputStream;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.check.MilterLink.Arguments;
import org.postrider.smtp.check.MilterLink.Packet;

/** One message told to one milter, step by step, as it negotiated. */
final class MilterDialogue {
  private static final int VERSION = 6;
  private static final int VERSION_MIN = 2;

  /** What we can do: add and change fields, add and remove recipients, quarantine. */
  private static final int ACTIONS = 0x01 | 0x10 | 0x04 | 0x08 | 0x20;

  private static final int SKIP = 0x400;
  private static final int LEADING_SPACE = 0x100000;

  /** Octets of the body in a packet. */
  private static final int BODY_CHUNK = 65_535;

  private static final Pattern REPLY =
      Pattern.compile("([45]\\d\\d)[ -](?:([45]\\.\\d{1,3}\\.\\d{1,3}) )?(.*)", Pattern.DOTALL);

  private static final Verdict REJECT =
      new Verdict.Refuse(550, "5.7.1", "The message was refused by a filter");
  private static final Verdict TRY_LATER =
      new Verdict.Refuse(451, "4.7.1", "The message cannot be taken now, try again later");

  /** A step: the bit that leaves it out, and the bit that says that no answer comes. */
  private enum Step {
    CONNECT('C', 0x01, 0x1000),
    HELO('H', 0x02, 0x2000),
    MAIL('M', 0x04, 0x4000),
    RCPT('R', 0x08, 0x8000),
    DATA('T', 0x200, 0x10000),
    HEADER('L', 0x20, 0x80),
    END_OF_HEADER('N', 0x40, 0x40000),
    BODY('B', 0x10, 0x80000);

    private final char letter;
    private final int leftOut;
    private final int unanswered;

    Step(char letter, int leftOut, int unanswered) {
      this.letter = letter;
      this.leftOut = leftOut;
      this.unanswered = unanswered;
    }
  }

  private static final int STEPS =
      Arrays.stream(Step.values())
              .mapToInt(s -> s.leftOut | s.unanswered)
              .reduce(0, (a, b) -> a | b)
          | 0x20100 // unknown commands, which never come
          | SKIP
          | LEADING_SPACE;

  private final MilterLink link;
  private final Candidate candidate;
  private int version;
  private int steps;
  private boolean skipping;

  MilterDialogue(MilterLink link, Candidate candidate) {
    this.link = link;
    this.candidate = candidate;
  }

  /** Ended by the milter's decision; what it wants changed is changed when it lets pass. */
  Verdict run() throws IOException {
    negotiate();
    Verdict early = tell();
    Verdict verdict = early != null ? early : decide();
    leave();
    return verdict;
  }

  private void leave() {
    try {
      link.send('Q', new Arguments());
      link.flush();
    } catch (IOException e) {
      // It has decided; one that went at once need not hear the farewell.
    }
  }

  private void negotiate() throws IOException {
    link.send('O', new Arguments().number(VERSION).number(ACTIONS).number(STEPS));
    Packet answer = link.receive();
    if (answer.letter() != 'O') {
      throw new CheckException(
          "the milter answered the negotiation with '" + answer.letter() + "'");
    }
    version = answer.number(0);
    steps = answer.number(8);
    if (version < VERSION_MIN || version > VERSION) {
      throw new CheckException("the milter speaks version " + version);
    }
    if ((steps & ~STEPS) != 0) {
      throw new CheckException("the milter wants steps that are not offered: " + steps);
    }
  }

  /** All but the end of the message; null when the milter wants to hear that too. */
  private @Nullable Verdict tell() throws IOException {
    List<Act> acts = new ArrayList<>();
    acts.add(this::connect);
    acts.add(() -> step(Step.HELO, new Arguments().text(candidate.client().helo())));
    acts.add(this::mail);
    acts.add(this::recipients);
    acts.add(() -> version > 3 ? step(Step.DATA, new Arguments()) : null);
    acts.add(this::header);
    acts.add(() -> step(Step.END_OF_HEADER, new Arguments()));
    acts.add(this::body);
    for (Act act : acts) {
      Verdict verdict = act.play();
      if (verdict != null) {
        return verdict;
      }
    }
    return null;
  }

  @FunctionalInterface
  private interface Act {
    /** A decision, or null when the milter wants to hear more. */
    @Nullable Verdict play() throws IOException;
  }

  private @Nullable Verdict connect() throws IOException {
    Candidate.Client client = candidate.client();
    String address = client.address().getHostAddress();
    macros(Step.CONNECT.letter, "j", candidate.hostname(), "{daemon_name}", "postrider");
    return step(
        Step.CONNECT,
        new Arguments()
            .text("[" + address + "]")
            .octet(client.address() instanceof Inet4Address ? '4' : '6')
            .octet(client.port() >> 8)
            .octet(client.port())
            .text(address));
  }

  private @Nullable Verdict mail() throws IOException {
    Candidate.Client client = candidate.client();
    List<String> macros = new ArrayList<>(List.of("i", candidate.id()));
    macros.addAll(List.of("{mail_addr}", candidate.reversePath()));
    add(macros, "{auth_authen}", client.login());
    add(macros, "{tls_version}", client.tlsVersion());
    add(macros, "{cipher}", client.cipherSuite());
    macros(Step.MAIL.letter, macros.toArray(String[]::new));
    return step(Step.MAIL, new Arguments().utf8("<" + candidate.reversePath() + ">"));
  }

  private static void add(List<String> macros, String name, @Nullable String value) {
    if (value != null) {
      macros.addAll(List.of(name, value));
    }
  }

  private @Nullable Verdict recipients() throws IOException {
    for (String recipient : candidate.recipients()) {
      macros(Step.RCPT.letter, "{rcpt_addr}", recipient);
      Verdict verdict = step(Step.RCPT, new Arguments().utf8("<" + recipient + ">"));
      if (verdict != null) {
        return verdict;
      }
    }
    return null;
  }

  private @Nullable Verdict header() throws IOException {
    boolean spaces = (steps & LEADING_SPACE) != 0;
    for (HeaderDraft.Field field : candidate.header().fields()) {
      if (field.name().isEmpty()) {
        continue; // a line that is no field can't be told
      }
      String value = field.value();
      String told = spaces || !value.startsWith(" ") ? value : value.substring(1);
      Verdict verdict = step(Step.HEADER, new Arguments().text(field.name()).text(told));
      if (verdict != null) {
        return verdict;
      }
    }
    return null;
  }

  private @Nullable Verdict body() throws IOException {
    if ((steps & Step.BODY.leftOut) != 0) {
      return null;
    }
    try (InputStream body = candidate.openBody()) {
      byte[] chunk = new byte[BODY_CHUNK];
      for (int n = body.readNBytes(chunk, 0, BODY_CHUNK);
          n > 0 && !skipping;
          n = body.readNBytes(chunk, 0, BODY_CHUNK)) {
        link.send(Step.BODY.letter, chunk, n);
        Verdict verdict = answer(Step.BODY);
        if (verdict != null) {
          return verdict;
        }
      }
    }
    return null;
  }

  private void macros(char step, String... namesAndValues) throws IOException {
    Arguments arguments = new Arguments().octet(step);
    for (String text : namesAndValues) {
      arguments.utf8(text);
    }
    link.send('D', arguments);
  }

  private @Nullable Verdict step(Step step, Arguments arguments) throws IOException {
    if ((steps & step.leftOut) != 0) {
      return null;
    }
    link.send(step.letter, arguments);
    return answer(step);
  }

  private @Nullable Verdict answer(Step step) throws IOException {
    if ((steps & step.unanswered) != 0) {
      return null;
    }
    Packet packet = link.receive();
    if (packet.letter() == 's' && step == Step.BODY && (steps & SKIP) != 0) {
      skipping = true;
      return null;
    }
    return packet.letter() == 'c' ? null : decision(packet);
  }

  /** The end of the message: the changes, and then the decision. */
  private Verdict decide() throws IOException {
    macros('E', "i", candidate.id());
    link.send('E', new Arguments());
    MilterChanges changes = new MilterChanges((steps & LEADING_SPACE) != 0);
    Packet packet = link.receive();
    while (changes.take(packet)) {
      packet = link.receive();
    }
    Verdict verdict = packet.letter() == 'c' ? Verdict.PASS : decision(packet);
    if (verdict instanceof Verdict.Pass) {
      changes.apply(candidate);
    }
    return verdict;
  }

  private static Verdict decision(Packet packet) throws IOException {
    return switch (packet.letter()) {
      case 'a' -> Verdict.PASS;
      case 'd' -> new Verdict.Discard();
      case 'r' -> REJECT;
      case 't', '4' -> TRY_LATER;
      case 'y' -> reply(packet);
      default -> throw new CheckException("the milter answered '" + packet.letter() + "'");
    };
  }

  /** {@code 550 5.7.1 text}, perhaps in several lines. */
  private static Verdict reply(Packet packet) throws IOException {
    List<String> strings = packet.strings(0);
    List<String> lines = new ArrayList<>();
    int code = 0;
    String enhanced = "";
    for (String line : (strings.isEmpty() ? "" : strings.getFirst()).split("\r?\n", -1)) {
      Matcher matcher = REPLY.matcher(line);
      if (matcher.matches()) {
        code = Integer.parseInt(matcher.group(1));
        enhanced = matcher.group(2) == null ? (code < 500 ? "4.7.1" : "5.7.1") : matcher.group(2);
        lines.add(matcher.group(3));
      }
    }
    if (lines.isEmpty() || enhanced.charAt(0) - '0' != code / 100) {
      throw new CheckException("the milter wants a reply that is none");
    }
    return new Verdict.Refuse(code, enhanced, lines);
  }
}
