package org.postrider.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.auth.SaslExchange.Step;

/** Whatever a client sends, an exchange answers, and never with a success. */
class SaslMutationTest {
  private static final List<String> SEEDS =
      List.of(
          "\0alice@example.org\0wrong",
          "alice@example.org\0alice@example.org\0wrong",
          "alice@example.org",
          "n,,n=alice@example.org,r=abcdefgh",
          "y,a=alice@example.org,n=nobody@example.org,r=abcdefgh,x=1",
          "p=tls-exporter,,n=alice=2C@example.org,r=abcdefgh",
          "p=tls-server-end-point,,n=alice@example.org,r=abcdefgh");

  private static final String FINAL =
      "c=biws,r=%s,x=1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

  private final Authenticator authenticator = Accounts.standard().authenticator();

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"})
  void neverThrows(String mechanism) {
    Random random = new Random(mechanism.hashCode());
    for (int i = 0; i < 1500; i++) {
      SaslExchange exchange = authenticator.exchange(mechanism, Accounts.TLS).orElseThrow();
      byte[] message = mutate(random, SEEDS.get(random.nextInt(SEEDS.size())));
      Step step = exchange.start(random.nextInt(4) == 0 ? null : message);
      for (int round = 0; round < 4 && step instanceof Step.Challenge(byte[] data); round++) {
        step = exchange.respond(answer(random, data));
      }
      assertThat(step).isInstanceOf(Step.Done.class);
      assertThat(((Step.Done) step).outcome()).isInstanceOf(AuthOutcome.Failure.class);
    }
  }

  private static byte[] answer(Random random, byte[] challenge) {
    String text = new String(challenge, StandardCharsets.UTF_8);
    String seed =
        text.startsWith("r=") && text.contains(",s=")
            ? FINAL.formatted(text.substring(2, text.indexOf(",s=")))
            : SEEDS.get(random.nextInt(SEEDS.size()));
    return random.nextInt(3) == 0 ? seed.getBytes(StandardCharsets.UTF_8) : mutate(random, seed);
  }

  private static byte[] mutate(Random random, String seed) {
    byte[] bytes = seed.getBytes(StandardCharsets.UTF_8);
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(bytes.length + 1);
      bytes =
          switch (random.nextInt(5)) {
            case 0 -> replaced(bytes, at, random.nextInt(2), (byte) random.nextInt(256));
            case 1 -> replaced(bytes, at, 1, (byte) ",=\0pyna".charAt(random.nextInt(7)));
            case 2 -> replaced(bytes, at, random.nextInt(bytes.length + 1));
            case 3 ->
                replaced(
                    bytes,
                    at,
                    0,
                    ",x=y".repeat(1 << random.nextInt(12)).getBytes(StandardCharsets.UTF_8));
            default -> replaced(bytes, at, 0, bytes);
          };
    }
    return bytes;
  }

  private static byte[] replaced(byte[] bytes, int at, int removed, byte... added) {
    int end = Math.min(bytes.length, at + removed);
    byte[] out = new byte[at + added.length + bytes.length - end];
    System.arraycopy(bytes, 0, out, 0, at);
    System.arraycopy(added, 0, out, at, added.length);
    System.arraycopy(bytes, end, out, at + added.length, bytes.length - end);
    return out;
  }
}
