package org.postrider.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Pop3ParserTest {
  private static Pop3Command parse(String line) {
    return Pop3Parser.parse(line.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void commands() {
    assertThat(parse("USER alice")).isEqualTo(new Pop3Command.User("alice"));
    assertThat(parse("uSeR j\u00f6rg ")).isEqualTo(new Pop3Command.User("j\u00f6rg"));
    assertThat(parse("PASS  two words ")).isEqualTo(new Pop3Command.Pass(" two words "));
    assertThat(parse("APOP x y")).isEqualTo(new Pop3Command.Apop());
    assertThat(parse("AUTH plain")).isEqualTo(new Pop3Command.Auth("plain", Optional.empty()));
    assertThat(parse("AUTH PLAIN =")).isEqualTo(new Pop3Command.Auth("PLAIN", Optional.of("=")));
    assertThat(parse("STLS")).isEqualTo(new Pop3Command.Stls());
    assertThat(parse("capa ")).isEqualTo(new Pop3Command.Capa());
    assertThat(parse("UTF8")).isEqualTo(new Pop3Command.Utf8());
    assertThat(parse("LANG")).isEqualTo(new Pop3Command.Lang(Optional.empty()));
    assertThat(parse("LANG *")).isEqualTo(new Pop3Command.Lang(Optional.of("*")));
    assertThat(parse("STAT")).isEqualTo(new Pop3Command.Stat());
    assertThat(parse("LIST")).isEqualTo(new Pop3Command.List(OptionalInt.empty()));
    assertThat(parse("LIST 007")).isEqualTo(new Pop3Command.List(OptionalInt.of(7)));
    assertThat(parse("UIDL 7")).isEqualTo(new Pop3Command.Uidl(OptionalInt.of(7)));
    assertThat(parse("RETR 99999999999")).isEqualTo(new Pop3Command.Retr(Integer.MAX_VALUE));
    assertThat(parse("TOP 1  0")).isEqualTo(new Pop3Command.Top(1, 0));
    assertThat(parse("DELE 1")).isEqualTo(new Pop3Command.Dele(1));
    assertThat(parse("NOOP")).isEqualTo(new Pop3Command.Noop());
    assertThat(parse("RSET")).isEqualTo(new Pop3Command.Rset());
    assertThat(parse("QUIT")).isEqualTo(new Pop3Command.Quit());
    assertThat(parse("")).isEqualTo(new Pop3Command.Unknown());
    assertThat(parse("LAST")).isEqualTo(new Pop3Command.Unknown());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "USER", "USER ", "PASS", "PASS ", "AUTH", "AUTH a b c", "STLS x", "STAT 1", "LIST x",
        "LIST 1 2", "UIDL -1", "RETR", "RETR 1.0", "TOP", "TOP 1", "TOP x 1", "TOP 1 2 3", "DELE",
        "DELE +1", "NOOP x", "LANG a b", "QUIT\0", "QUIT\r"
      })
  void malformed(String line) {
    assertThat(parse(line)).isInstanceOf(Pop3Command.Malformed.class);
  }

  @Test
  void secretsAreNotShown() {
    assertThat(parse("PASS hidden").toString()).doesNotContain("hidden");
    assertThat(parse("AUTH PLAIN hidden").toString()).doesNotContain("hidden");
  }

  /** Any octets are some command, and the case of the keyword and spaces behind do not matter. */
  @Test
  void mutatedLines() {
    List<String> seeds =
        List.of("USER alice", "PASS x y", "TOP 12 34", "LIST 5", "AUTH PLAIN AGE=", "RETR 1");
    Random random = new Random(1939);
    for (int i = 0; i < 50_000; i++) {
      byte[] line = seeds.get(random.nextInt(seeds.size())).getBytes(StandardCharsets.UTF_8);
      for (int n = random.nextInt(4); n > 0; n--) {
        line[random.nextInt(line.length)] = (byte) random.nextInt(256);
      }
      Pop3Command command = Pop3Parser.parse(line);
      assertThat(command).isNotNull();
      if (command instanceof Pop3Command.Top || command instanceof Pop3Command.Retr) {
        String text = new String(line, StandardCharsets.UTF_8);
        assertThat(parse(text.toLowerCase(java.util.Locale.ROOT) + "  ")).isEqualTo(command);
      }
    }
  }
}
