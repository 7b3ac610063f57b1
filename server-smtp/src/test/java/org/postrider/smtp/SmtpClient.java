package org.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A client that speaks when it was answered. */
final class SmtpClient implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;

  SmtpClient(SmtpFixture fixture, String listener) throws IOException {
    socket = new Socket();
    socket.connect(fixture.address(listener));
    socket.setSoTimeout(10_000);
    in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    assertThat(reply()).startsWith("220 ");
  }

  String reply() throws IOException {
    String line = in.readLine();
    while (line != null && line.length() > 3 && line.charAt(3) == '-') {
      line = in.readLine();
    }
    return String.valueOf(line);
  }

  String send(String text) throws IOException {
    write(text + "\r\n");
    return reply();
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }

  void login(String user) throws IOException {
    String plain = "\0" + user + "\0secret";
    assertThat(
            send(
                "AUTH PLAIN "
                    + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8))))
        .startsWith("235 ");
  }

  /** Hands in a message and expects it to be taken. */
  void mail(String parameters, String content, String... recipients) throws IOException {
    assertThat(send("MAIL FROM:" + parameters)).startsWith("250 ");
    for (String recipient : recipients) {
      assertThat(send("RCPT TO:<" + recipient + ">")).startsWith("250 ");
    }
    assertThat(send("DATA")).startsWith("354 ");
    assertThat(send(content.replace("\n", "\r\n") + ".")).startsWith("250 2.0.0 ");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
