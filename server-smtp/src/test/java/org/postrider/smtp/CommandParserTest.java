package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandParserTest {
  private static SmtpCommand parse(String line) throws SmtpRefusal {
    return CommandParser.parse(line.getBytes(StandardCharsets.UTF_8));
  }

  private static SmtpRefusal refusal(String line) {
    return catchThrowableOfType(SmtpRefusal.class, () -> parse(line));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "<a@b>|a@b",
        "<a.b.c@x-y.z9.example>|a.b.c@x-y.z9.example",
        "<\"a\"@b>|a@b",
        "<\"a b\"@b>|\"a b\"@b",
        "<\"a\\\"\\\\b\"@b>|\"a\\\"\\\\b\"@b",
        "<\"a@b>c\"@d>|\"a@b>c\"@d",
        "<\"\"@b>|\"\"@b",
        "<\"..\"@b>|\"..\"@b",
        "<@one,@two.example:a@b>|a@b",
        "<a@[192.0.2.255]>|a@[192.0.2.255]",
        "<a@[IPv6:::1]>|a@[IPv6:::1]",
        "<a@[ipv6:2001:db8::192.0.2.1]>|a@[ipv6:2001:db8::192.0.2.1]",
        "<a@[tag-1:anything!]>|a@[tag-1:anything!]",
        "<jürgen@bücher.example>|jürgen@bücher.example",
        "<\"j ü\"@b>|\"j ü\"@b",
      })
  void readsPaths(String path, String expected) throws SmtpRefusal {
    SmtpCommand.Mail mail = (SmtpCommand.Mail) parse("MAIL FROM:" + path);
    assertThat(mail.reversePath().toString()).isEqualTo(expected);
    SmtpCommand.Mail again =
        (SmtpCommand.Mail) parse("MAIL FROM:<" + mail.reversePath() + "> SIZE=1");
    assertThat(again.reversePath()).isEqualTo(mail.reversePath());
  }

  @Test
  void readsEveryAtomCharacter() throws SmtpRefusal {
    String address = "!#$%&'*+-/=?^_`{|}~09azAZ@b";
    assertThat(parse("RCPT TO:<" + address + ">").toString()).contains(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<a>",
        "<@b>",
        "<a@>",
        "<a@b",
        "a@b>",
        "<a@@b>",
        "<a..b@c>",
        "<.a@b>",
        "<a.@b>",
        "<a b@c>",
        "<a@b c>",
        "<a@b.>",
        "<a@.b>",
        "<a@b_c>",
        "<a@-b>",
        "<a@b->",
        "<\"a@b>",
        "<\"a\"b@c>",
        "<a\"b\"@c>",
        "<\"a\\ü\"@b>",
        "<(x)a@b>",
        "<a@[1.2.3]>",
        "<a@[1.2.3.256]>",
        "<a@[1.2.3.4>",
        "<a@[IPv6:1:2]>",
        "<a@[IPv6:fe80::1%eth0]>",
        "<a@[:x]>",
        "<a@[x-:y]>",
        "<@a@b>",
        "<@a,b:c@d>",
        "<@:a@b>",
        "<a@b,c@d>",
        "< a@b>",
        "<<a@b>>",
        "",
      })
  void refusesWhatIsNoPath(String path) {
    assertThat(refusal("MAIL FROM:" + path).reply()).isEqualTo(Replies.BAD_SENDER);
    assertThat(refusal("RCPT TO:" + path).reply()).isEqualTo(Replies.BAD_RECIPIENT);
  }

  @Test
  void limitsPathsInOctets() throws SmtpRefusal {
    String local = "x".repeat(64);
    String domain = ("d".repeat(61) + ".").repeat(3) + "e".repeat(3);
    assertThat(parse("MAIL FROM:<" + local + "@" + domain + ">")).isNotNull();
    assertThat(refusal("MAIL FROM:<" + local + "y@b>").reply()).isEqualTo(Replies.BAD_SENDER);
    assertThat(refusal("MAIL FROM:<" + local + "@" + domain + "f>").reply())
        .isEqualTo(Replies.BAD_SENDER);
    assertThat(refusal("MAIL FROM:<" + "ü".repeat(33) + "@b>").reply())
        .isEqualTo(Replies.BAD_SENDER);
    assertThat(parse("MAIL FROM:<" + "ü".repeat(32) + "@b>")).isNotNull();
  }

  @Test
  void readsParameters() throws SmtpRefusal {
    assertThat(parse("mail from:<> size=5  Body=8BitMime smtpUTF8"))
        .isEqualTo(
            new SmtpCommand.Mail(
                new ReversePath.Null(),
                List.of(
                    new MailParameter("SIZE", "5"),
                    new MailParameter("BODY", "8BitMime"),
                    new MailParameter("SMTPUTF8", null))));
    assertThat(parse("RCPT TO:<PostMaster>"))
        .isEqualTo(new SmtpCommand.Rcpt(new ForwardPath.Postmaster(), List.of()));
    for (String bad : List.of("=5", "A=", "A=b=c", "-A", "A_B", "A ü=1")) {
      assertThat(refusal("MAIL FROM:<> " + bad).reply()).isEqualTo(Replies.BAD_ARGUMENTS);
    }
  }

  @Test
  void endsTheSessionOnBdatThatCannotBeCounted() {
    for (String bad :
        List.of(
            "BDAT", "BDAT x", "BDAT -1", "BDAT 1 2", "BDAT 1 LAST x", "BDAT 1234567890123456789")) {
      assertThat(refusal(bad).isFatal()).as(bad).isTrue();
    }
    assertThat(refusal("DATA x").isFatal()).isFalse();
  }

  @Test
  void keepsSecretsOutOfText() throws SmtpRefusal {
    assertThat(parse("AUTH PLAIN c2VjcmV0").toString()).doesNotContain("c2VjcmV0");
  }

  /** Whatever comes is a command or a refusal, and a path that was read reads as itself again. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void standsMutation(long seed) {
    List<String> seeds =
        List.of(
            "MAIL FROM:<\"a b\\\"\"@[IPv6:2001:db8::1]> SIZE=100 BODY=8BITMIME SMTPUTF8",
            "RCPT TO:<@one,@two:jürgen@bücher.example> NOTIFY=NEVER",
            "RCPT TO:<postmaster>",
            "EHLO [192.0.2.1]",
            "BDAT 100 LAST",
            "AUTH PLAIN AGFsaWNlAHNlY3JldA==",
            "VRFY <alice@example.org> SMTPUTF8");
    Random random = new Random(seed);
    for (int i = 0; i < 60_000; i++) {
      byte[] line = seeds.get(random.nextInt(seeds.size())).getBytes(StandardCharsets.UTF_8);
      for (int m = random.nextInt(4); m >= 0; m--) {
        line = mutate(line, random);
      }
      try {
        switch (CommandParser.parse(line)) {
          case SmtpCommand.Mail(ReversePath path, List<MailParameter> _) ->
              assertThat(parse("MAIL FROM:<" + path + ">"))
                  .isEqualTo(new SmtpCommand.Mail(path, List.of()));
          case SmtpCommand.Rcpt(ForwardPath path, List<MailParameter> _) ->
              assertThat(parse("RCPT TO:<" + path + ">"))
                  .isEqualTo(new SmtpCommand.Rcpt(path, List.of()));
          case SmtpCommand other -> assertThat(other.toString()).isNotEmpty();
        }
      } catch (SmtpRefusal e) {
        assertThat(e.reply().code()).isBetween(500, 501);
      }
    }
  }

  private static byte[] mutate(byte[] line, Random random) {
    if (line.length == 0) {
      return new byte[] {(byte) random.nextInt(256)};
    }
    int at = random.nextInt(line.length);
    byte[] result;
    switch (random.nextInt(4)) {
      case 0 -> {
        result = line.clone();
        result[at] = (byte) random.nextInt(256);
      }
      case 1 -> {
        result = new byte[line.length - 1];
        System.arraycopy(line, 0, result, 0, at);
        System.arraycopy(line, at + 1, result, at, line.length - at - 1);
      }
      case 2 -> {
        result = new byte[line.length + 1];
        System.arraycopy(line, 0, result, 0, at);
        result[at] = (byte) "<>@\".:[]\\ =,%+".charAt(random.nextInt(14));
        System.arraycopy(line, at, result, at + 1, line.length - at);
      }
      default -> {
        int length = random.nextInt(line.length - at) + 1;
        result = new byte[line.length + length];
        System.arraycopy(line, 0, result, 0, at + length);
        System.arraycopy(line, at, result, at + length, line.length - at);
      }
    }
    return result;
  }
}
