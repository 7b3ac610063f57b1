package org.postrider.smtp.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.smtp.check.CheckLimits.OnFailure;

/** The milter protocol, against a scripted milter. */
class MilterCheckTest {
  private static final int NO_STEPS = 0x7f | 0x200;
  private static final int NO_ANSWERS = 0x80 | 0xf0000 | 0xf000;

  /** A packet as text: the letter, a space, and its octets, NUL as {@code |}. */
  private static String packet(DataInputStream in) throws IOException {
    byte[] octets = in.readNBytes(in.readInt());
    String text = new String(octets, StandardCharsets.ISO_8859_1).replace('\0', '|');
    return text.charAt(0) + " " + text.substring(1);
  }

  private static void say(DataOutputStream out, String text) throws IOException {
    byte[] octets = text.replace('|', '\0').getBytes(StandardCharsets.ISO_8859_1);
    out.writeInt(octets.length);
    out.write(octets);
    out.flush();
  }

  private static void negotiate(DataInputStream in, DataOutputStream out, int steps)
      throws IOException {
    assertThat(in.readInt()).isEqualTo(13);
    assertThat(in.readByte()).isEqualTo((byte) 'O');
    assertThat(in.readInt()).isEqualTo(6);
    assertThat(in.readInt() & 0x3d).isEqualTo(0x3d);
    assertThat(in.readInt() & steps).isEqualTo(steps);
    out.writeInt(13);
    out.writeByte('O');
    out.writeInt(6);
    out.writeInt(0x3d);
    out.writeInt(steps);
    out.flush();
  }

  private static Verdict ask(PeerScript milter, Candidate candidate) throws IOException {
    return new MilterCheck(
            new CheckSettings.Milter(milter.address(), Candidates.limits(OnFailure.DEFER)))
        .ask(candidate);
  }

  /** A milter that hears the end of the message only, and says this. */
  private static Verdict atTheEnd(Candidate candidate, String... packets) throws Exception {
    try (PeerScript milter =
        new PeerScript((in, out) -> {
          negotiate(in, out, NO_STEPS);
          String heard = packet(in);
          while (!heard.startsWith("E")) {
            assertThat(heard).startsWith("D ");
            heard = packet(in);
          }
          for (String packet : packets) {
            say(out, packet);
          }
        })) {
      return ask(milter, candidate);
    }
  }

  @Test
  void hearsEverything() throws Exception {
    try (PeerScript milter =
        new PeerScript((in, out) -> {
          negotiate(in, out, 0);
          for (String expected :
              List.of(
                  "D Cj|mx.example.org|{daemon_name}|postrider|",
                  "C [192.0.2.7]|4\u0012g192.0.2.7|",
                  "H client.example|",
                  "D Mi|id-1|{mail_addr}|alice@remote.example|",
                  "M <alice@remote.example>|",
                  "D R{rcpt_addr}|bob@example.org|",
                  "R <bob@example.org>|",
                  "D R{rcpt_addr}|carol@example.org|",
                  "R <carol@example.org>|",
                  "T ",
                  "L Subject|hello\n world|",
                  "L X-Y|z|",
                  "N ",
                  "B Hello\r\n",
                  "D Ei|id-1|",
                  "E ")) {
            assertThat(packet(in)).isEqualTo(expected);
            if (!expected.startsWith("D")) {
              say(out, "c");
            }
          }
          assertThat(packet(in)).isEqualTo("Q ");
        })) {
      assertThat(ask(milter, Candidates.of("Subject: hello\n world\nX-Y:z\n", "\nHello\n")))
          .isEqualTo(Verdict.PASS);
      milter.played();
    }
  }

  @Test
  void changesWhatItWantsChanged() throws Exception {
    Candidate candidate = Candidates.of("A: 1\nB: 1\nA: 2\nC: 3\n", "\nHello\n");
    Verdict verdict =
        atTheEnd(
            candidate,
            "hX-End|last\nfolded|",
            "i\0\0\0\0X-Top|first|",
            "m\0\0\0\2A|two|",
            "m\0\0\0\1B||",
            "m\0\0\0\1New|n|",
            "p",
            "+<dave@example.org>|",
            "-<bob@example.org>|",
            "qlooks odd|",
            "c");
    assertThat(verdict).isEqualTo(Verdict.PASS);
    assertThat(Candidates.header(candidate))
        .isEqualTo("X-Top: first\nA: 1\nA: two\nC: 3\nX-End: last\n\tfolded\nNew: n\n");
    assertThat(candidate.recipients()).containsExactly("carol@example.org", "dave@example.org");
    assertThat(candidate.isQuarantined()).isTrue();
  }

  @Test
  void changesNothingWhenItRefuses() throws Exception {
    Candidate candidate = Candidates.simple();
    assertThat(atTheEnd(candidate, "hX-A|1|", "r")).isInstanceOf(Verdict.Refuse.class);
    assertThat(candidate.isHeaderChanged()).isFalse();
  }

  @Test
  void decides() throws Exception {
    assertThat(atTheEnd(Candidates.simple(), "a")).isEqualTo(Verdict.PASS);
    assertThat(atTheEnd(Candidates.simple(), "d")).isEqualTo(new Verdict.Discard());
    assertThat(((Verdict.Refuse) atTheEnd(Candidates.simple(), "r")).code()).isEqualTo(550);
    assertThat(((Verdict.Refuse) atTheEnd(Candidates.simple(), "t")).code()).isEqualTo(451);
    assertThat(atTheEnd(Candidates.simple(), "y554 5.6.0 No\u0007thanks|"))
        .isEqualTo(new Verdict.Refuse(554, "5.6.0", "No thanks"));
    assertThat(atTheEnd(Candidates.simple(), "y450-4.7.1 one\r\n450 4.7.1 two|"))
        .isEqualTo(new Verdict.Refuse(450, "4.7.1", List.of("one", "two")));
    assertThat(atTheEnd(Candidates.simple(), "y550 plain|"))
        .isEqualTo(new Verdict.Refuse(550, "5.7.1", "plain"));
  }

  @Test
  void decidesEarly() throws Exception {
    try (PeerScript milter =
        new PeerScript((in, out) -> {
          negotiate(in, out, 0x1 | 0x2);
          packet(in);
          packet(in);
          assertThat(packet(in)).startsWith("M ");
          say(out, "y451 4.7.1 Greylisted|");
        })) {
      assertThat(ask(milter, Candidates.simple()))
          .isEqualTo(new Verdict.Refuse(451, "4.7.1", "Greylisted"));
    }
  }

  /** It gets the rest without an answer, skips the body, and keeps the space after the colon. */
  @Test
  void keepsToWhatWasNegotiated() throws Exception {
    try (PeerScript milter =
        new PeerScript((in, out) -> {
          negotiate(in, out, (NO_ANSWERS & ~0x80000) | 0x400 | 0x100000);
          String heard = packet(in);
          while (!heard.startsWith("B")) {
            if (heard.startsWith("L")) {
              assertThat(heard).isEqualTo("L Subject| hello|");
            }
            heard = packet(in);
          }
          assertThat(heard).hasSize(65_537);
          say(out, "s");
          assertThat(packet(in)).startsWith("D E");
          assertThat(packet(in)).isEqualTo("E ");
          say(out, "hX-A| spaced|");
          say(out, "c");
        })) {
      Candidate candidate = Candidates.of("Subject: hello\n", "\n" + "x".repeat(200_000));
      assertThat(ask(milter, candidate)).isEqualTo(Verdict.PASS);
      assertThat(Candidates.header(candidate)).endsWith("X-A: spaced\n");
      milter.played();
    }
  }

  @Test
  void nonsenseFails() throws Exception {
    for (String nonsense :
        List.of(
            "z",
            "bnew body|",
            "e<x@y>|",
            "hX-A|",
            "hX-A|1",
            "m\0",
            "h|1|",
            "y999 x|",
            "y|",
            "+<>|")) {
      assertThatThrownBy(() -> atTheEnd(Candidates.simple(), nonsense, "c"))
          .as(nonsense)
          .isInstanceOf(CheckException.class);
    }
    try (PeerScript milter =
        new PeerScript((in, out) -> {
          packet(in);
          out.writeInt(Integer.MAX_VALUE);
        })) {
      assertThatThrownBy(() -> ask(milter, Candidates.simple())).isInstanceOf(CheckException.class);
    }
    try (PeerScript milter = new PeerScript((in, out) -> negotiate(in, out, 0))) {
      assertThatThrownBy(() -> ask(milter, Candidates.simple())).isInstanceOf(IOException.class);
    }
  }
}
