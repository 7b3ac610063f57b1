package org.postrider.smtp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Mail for servers that take 7-bit lines only (RFC 6152 §3), or no binary data (RFC 3030 §3). */
class ConversionTest extends RelayFixture {
  private static final String HEADER = "From: alice@example.org\r\nSubject: x\r\n";
  private static final String TEXT_PART =
      "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

  /** Sends the message to a server that offers those extensions; returns what came. */
  private String sent(String message, String options, String... extensions) throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting(extensions));
    domain("old.test");
    relay(peer.port(), Map.of());
    submit("alice@example.org", message, options, "bob@old.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).as("reports: " + inbox()).hasSize(1);
    return peer.messages().getFirst();
  }

  private void comesBack(String message, String options) throws IOException {
    ScriptedPeer peer = peer(ScriptedPeer.accepting());
    domain("old.test");
    relay(peer.port(), Map.of());
    submit("alice@example.org", message, options, "bob@old.test");
    awaitEmptyQueue();
    assertThat(peer.messages()).isEmpty();
    assertThat(inbox())
        .singleElement()
        .satisfies(report ->
            assertThat(report).contains("bob@old.test\r\nAction: failed\r\nStatus: 5.6.3"));
  }

  @Test
  void textWithoutMimeIsLabelledAndQuoted() throws IOException {
    assertThat(sent(HEADER + "\r\nGr\u00fc\u00dfe = \r\n.x\r\n", "BODY=8BITMIME"))
        .isEqualTo(
            HEADER
                + "MIME-Version: 1.0\r\n"
                + "Content-Type: text/plain; charset=unknown-8bit\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                + "Gr=C3=BC=C3=9Fe =3D=20\r\n..x\r\n");
  }

  @Test
  void longLinesAreBroken() throws IOException {
    String line = "\u00e4".repeat(40) + "a".repeat(200);
    String message = sent(HEADER + "\r\n" + line + "\r\n", "BODY=8BITMIME");
    String body = message.substring(message.indexOf("\r\n\r\n") + 4);
    assertThat(body.lines()).allSatisfy(each -> assertThat(each.length()).isLessThanOrEqualTo(76));
    assertThat(body.replace("=\r\n", "")).isEqualTo("=C3=A4".repeat(40) + "a".repeat(200) + "\r\n");
  }

  @Test
  void eachPartIsConvertedByItselfMessagesInMessagesToo() throws IOException {
    String octets = "\u00ff\u00d8\r\n";
    String inner =
        "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + "Subject: inner\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + "\u00e9\r\n";
    String message =
        HEADER
            + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
            + "Content-Transfer-Encoding: 8bit\r\n\r\npreamble \u00e9\r\n"
            + TEXT_PART
            + "\u00e9t\u00e9\r\n"
            + "--b\r\n\r\nplain\r\n"
            + "--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            + octets
            + inner
            + "--b--\r\n";
    String jpeg =
        Base64.getEncoder().encodeToString("\u00ff\u00d8".getBytes(StandardCharsets.UTF_8));
    assertThat(sent(message, "BODY=8BITMIME"))
        .isEqualTo(
            HEADER
                + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
                + "Content-Transfer-Encoding: 7bit\r\n\r\npreamble ??\r\n"
                + "--b\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9t=C3=A9\r\n"
                + "--b\r\n\r\nplain\r\n"
                + "--b\r\nContent-Type: image/jpeg\r\n"
                + "Content-Transfer-Encoding: base64\r\n\r\n"
                + jpeg
                + "\r\n--b\r\nContent-Type: message/rfc822\r\n"
                + "Content-Transfer-Encoding: 7bit\r\n\r\n"
                + "Subject: inner\r\nMIME-Version: 1.0\r\n"
                + "Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9\r\n"
                + "--b--\r\n");
  }

  @Test
  void whatIsSignedComesBack() throws IOException {
    comesBack(
        HEADER
            + "MIME-Version: 1.0\r\n"
            + "Content-Type: multipart/signed; boundary=b; micalg=pgp-sha256;"
            + " protocol=\"application/pgp-signature\"\r\n\r\n"
            + TEXT_PART
            + "\u00e9\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n",
        "BODY=8BITMIME");
  }

  @Test
  void aHeaderThatIsNotAsciiComesBack() throws IOException {
    comesBack("Subject: \u00e9\r\n\r\ntext\r\n", "BODY=8BITMIME");
  }

  @Test
  void partsThatAreEncodedAlreadyAndHoldOtherOctetsComeBack() throws IOException {
    comesBack(
        HEADER + "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n\u00e9\u00e9\r\n",
        "BODY=8BITMIME");
  }

  @Test
  void binaryDataGoAsTheyAreWhereTheyAreTaken() throws IOException {
    String message = HEADER + "Content-Transfer-Encoding: binary\r\n\r\na\nb\u0000.\r\n.\r\nc";
    assertThat(sent(message, "BODY=BINARYMIME", "PIPELINING", "CHUNKING", "BINARYMIME"))
        .isEqualTo(message);
  }

  @Test
  void binaryDataAreEncodedForOthers() throws IOException {
    String header = HEADER + "MIME-Version: 1.0\r\nContent-Type: text/plain\r\n";
    String body = "a\nb\u0000.\r\n.\r\nc";
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(Base64.getMimeEncoder().encode(body.getBytes(StandardCharsets.UTF_8)));
    assertThat(
            sent(
                header + "Content-Transfer-Encoding: binary\r\n\r\n" + body,
                "BODY=BINARYMIME",
                "8BITMIME",
                "CHUNKING"))
        .isEqualTo(
            header
                + "Content-Transfer-Encoding: base64\r\n\r\n"
                + encoded.toString(StandardCharsets.US_ASCII)
                + "\r\n");
  }
}
