package org.postrider.smtp.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.smtp.check.CheckLimits.OnFailure;

/** What rspamd is asked, and what its answers do. */
class RspamdCheckTest {
  private final List<String> messages = new ArrayList<>();
  private final Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private HttpServer rspamd;
  private volatile int status = 200;
  private volatile String answer = "{}";

  @BeforeEach
  void start() throws IOException {
    rspamd = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    rspamd.createContext(
        "/checkv2",
        exchange -> {
          fields.putAll(exchange.getRequestHeaders());
          messages.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    rspamd.start();
  }

  @AfterEach
  void stop() {
    rspamd.stop(0);
  }

  private Verdict ask(Candidate candidate) throws IOException {
    URI url = URI.create("http://127.0.0.1:" + rspamd.getAddress().getPort());
    return new RspamdCheck(
            new CheckSettings.Rspamd(url, 10_000, true, Candidates.limits(OnFailure.DEFER)))
        .ask(candidate);
  }

  private static Verdict.Refuse refuse(int code, String enhanced, String line) {
    return new Verdict.Refuse(code, enhanced, line);
  }

  @Test
  void isToldEnvelopeAndMessage() throws Exception {
    answer = "{\"action\": \"no action\", \"score\": 0.5}";
    Candidate candidate = Candidates.of("X-Spam: Yes\nSubject: Grüße\n", "\nHello\n");
    assertThat(ask(candidate)).isEqualTo(Verdict.PASS);
    assertThat(messages).containsExactly("X-Spam: Yes\r\nSubject: Grüße\r\n\r\nHello\r\n");
    assertThat(fields)
        .containsEntry("Ip", List.of("192.0.2.7"))
        .containsEntry("Helo", List.of("client.example"))
        .containsEntry("From", List.of("<alice@remote.example>"))
        .containsEntry("Rcpt", List.of("bob@example.org", "carol@example.org"))
        .containsEntry("Queue-Id", List.of("id-1"))
        .containsEntry("Mta-Name", List.of("mx.example.org"))
        .doesNotContainKey("User");
    assertThat(Candidates.header(candidate)).isEqualTo("Subject: Grüße\n");
    assertThat(candidate.isJunk()).isFalse();
  }

  @Test
  void refusesAndDefers() throws Exception {
    answer = "{\"action\": \"reject\"}";
    assertThat(ask(Candidates.simple()))
        .isEqualTo(refuse(550, "5.7.1", "The message was taken for spam"));
    answer = "{\"action\": \"reject\", \"messages\": {\"smtp_message\": \"Gtube\\r\\n250 x\"}}";
    assertThat(ask(Candidates.simple())).isEqualTo(refuse(550, "5.7.1", "Gtube  250 x"));
    for (String action : List.of("soft reject", "greylist")) {
      answer = "{\"action\": \"" + action + "\"}";
      assertThat(ask(Candidates.simple())).isEqualTo(refuse(451, "4.7.1", "Try again later"));
    }
    answer = "{\"action\": \"discard\"}";
    assertThat(ask(Candidates.simple())).isEqualTo(new Verdict.Discard());
  }

  @Test
  void marksSpam() throws Exception {
    answer =
        """
        {"action": "add header", "milter": {"remove_headers": {"X-A": 0, "X-B": 2},
         "add_headers": {"X-C": "ü\\nX-Evil: 1", "X-D": {"value": "top", "order": 0},
                         "X-E": ["1", {"value": "2"}]}},
         "dkim-signature": "v=1; b=abc"}
        """;
    Candidate candidate =
        Candidates.of("X-A: 1\nX-B: 1\nX-A: 2\nX-B: 2\nSubject: x\n", "\nHello\n");
    assertThat(ask(candidate)).isEqualTo(Verdict.PASS);
    assertThat(Candidates.header(candidate))
        .isEqualTo(
            """
            X-Spam: Yes
            DKIM-Signature: v=1; b=abc
            X-D: top
            X-B: 1
            Subject: x
            X-C: ü
            \tX-Evil: 1
            X-E: 1
            X-E: 2
            """);
    assertThat(candidate.isJunk()).isTrue();
    assertThat(candidate.isQuarantined()).isFalse();
  }

  @Test
  void rewritesTheSubject() throws Exception {
    answer = "{\"action\": \"rewrite subject\", \"subject\": \"*** SPAM *** hello\"}";
    Candidate candidate = Candidates.simple();
    assertThat(ask(candidate)).isEqualTo(Verdict.PASS);
    assertThat(Candidates.header(candidate)).contains("Subject: *** SPAM *** hello\n");
  }

  @Test
  void anAnswerThatIsNoneFails() throws Exception {
    for (String nonsense :
        List.of("{\"action\": \"dance\"}", "{}", "[]", "{\"action\"", "x".repeat(2 << 20))) {
      answer = nonsense;
      assertThatThrownBy(() -> ask(Candidates.simple())).isInstanceOf(IOException.class);
    }
    answer = "{\"action\": \"no action\"}";
    status = 500;
    assertThatThrownBy(() -> ask(Candidates.simple())).hasMessage("rspamd answered 500");
  }

  @Test
  void headersHaveALimit() throws Exception {
    answer =
        "{\"action\": \"no action\", \"milter\": {\"add_headers\": {\"X-A\": \""
            + "x".repeat(10_000)
            + "\"}}}";
    assertThatThrownBy(() -> ask(Candidates.simple())).isInstanceOf(CheckException.class);
  }
}
