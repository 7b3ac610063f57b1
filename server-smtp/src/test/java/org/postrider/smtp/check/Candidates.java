package org.postrider.smtp.check;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.postrider.message.Header;
import org.postrider.smtp.check.CheckLimits.OnFailure;

/** Messages to be checked. */
final class Candidates {
  private Candidates() {}

  static CheckLimits limits(OnFailure onFailure) {
    return new CheckLimits(Duration.ofSeconds(5), 2, onFailure);
  }

  /** A message of alice at remote.example for bob and carol. */
  static Candidate of(String header, String body) {
    byte[] head = header.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    byte[] rest = body.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    Header parsed = Header.parse(head);
    return new Candidate(
        "id-1",
        "mx.example.org",
        new Candidate.Client(
            InetAddress.ofLiteral("192.0.2.7"), 4711, "client.example", null, null, null),
        "alice@remote.example",
        List.of("bob@example.org", "carol@example.org"),
        parsed,
        () -> new HeaderDraft(head, 10_000),
        new Candidate.Body() {
          @Override
          public long size() {
            return rest.length;
          }

          @Override
          public InputStream open() {
            return new ByteArrayInputStream(rest);
          }
        });
  }

  static Candidate simple() {
    return of("Subject: hello\n", "\nHello\n");
  }

  /** Its header as it is by now, line ends as LF. */
  static String header(Candidate candidate) {
    return new String(candidate.header().octets(), StandardCharsets.UTF_8).replace("\r\n", "\n");
  }
}
