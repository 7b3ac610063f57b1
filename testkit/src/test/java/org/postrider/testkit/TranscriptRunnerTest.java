package org.postrider.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postrider.testkit.TranscriptRunner.Mode;

/** Against a little server that greets, echoes lines, and knows a few words. */
class TranscriptRunnerTest {
  private ServerSocket listener;
  private final List<String> received = new CopyOnWriteArrayList<>();

  private static SSLContext tls;

  @BeforeAll
  static void makeCertificate(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("key.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-alias",
                "key",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                file.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(file.toFile(), "secret".toCharArray());
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, "secret".toCharArray());
    tls = SSLContext.getInstance("TLS");
    tls.init(factory.getKeyManagers(), null, null);
  }

  @BeforeEach
  void listen() throws IOException {
    listen(ServerSocketFactory.getDefault());
  }

  private void listen(ServerSocketFactory factory) throws IOException {
    listener = factory.createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  private void accept() {
    try {
      for (int n = 1; ; n++) {
        Socket socket = listener.accept();
        int number = n;
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException e) {
      // closed: the test is over
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      say(out, "* hello " + number);
      for (String line; (line = readLine(in)) != null; ) {
        received.add(line);
        switch (line) {
          case "many" -> say(out, "a 1\r\na 2\r\nb 3\r\nend");
          case "shuffled" -> say(out, "* 2 EXISTS\r\n* FLAGS (\\Seen)\r\nok");
          case "lf" -> say(out, "bare\nok");
          case "quit" -> {
            say(out, "bye");
            return;
          }
          case "deflate" -> {
            say(out, "go");
            in = new InflaterInputStream(in, new Inflater(true));
            out = new DeflaterOutputStream(out, new Deflater(6, true), 512, true);
          }
          case "starttls" -> {
            say(out, "go");
            Socket secured = tls.getSocketFactory().createSocket(socket, null, true);
            in = secured.getInputStream();
            out = secured.getOutputStream();
          }
          case "silence" -> {}
          default -> say(out, "= " + line);
        }
      }
    } catch (IOException e) {
      // the client went away
    }
  }

  private static void say(OutputStream out, String text) throws IOException {
    out.write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c; (c = in.read()) >= 0; ) {
      if (c == '\n') {
        return line.toString().replaceFirst("\r$", "");
      }
      line.append((char) c);
    }
    return null;
  }

  private Map<String, String> run(String text, Mode mode) {
    return run(text, mode, Duration.ofSeconds(10), Map.of());
  }

  private Map<String, String> run(
      String text, Mode mode, Duration deadline, Map<String, String> variables) {
    String octets = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    return TranscriptRunner.run(
        Transcript.parse("t", octets),
        new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
        variables,
        mode,
        deadline);
  }

  private String failure(String text) {
    return failure(text, Duration.ofSeconds(10));
  }

  private String failure(String text, Duration deadline) {
    try {
      run(text, Mode.WHOLE, deadline, Map.of());
    } catch (AssertionError e) {
      return e.getMessage();
    }
    throw new AssertionError("it passed: " + text);
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "TLS", mode = EnumSource.Mode.EXCLUDE)
  void aWholeDialogue(Mode mode) {
    Map<String, String> end =
        run(
            """
            # a comment
            S: * ${greeting:h[el]{3}o} ${n:\\d+}

            C: first ${n}
            C: second
            S: = first ${n}
            S: = second
            C: many
            S| a ${*}
            S: b ${*}
            S: end
            C: many
            S...
            S: end
            C: shuffled
            S{
            S: * FLAGS (\\Seen)
            S: * ${count} EXISTS
            S}
            S: ok
            C: +FLAGS (\\Seen) \\x41\\t\\\\
            S: = +FLAGS (\\Seen) A\t${*}
            C: Zoë ${name}
            S: = Zoë Ärger
            C: ab\\
            C: cd
            S: = abcd
            C: ${base64:\\0${name}\\0secret}
            S: = AMOEcmdlcgBzZWNyZXQ=
            C: ${repeat:x:3}
            S: = xxx
            C: ${repeat:xy:20000}
            S: = ${repeat:xy:20000}
            S2: * hello 2
            C2: other
            S2: = other
            C: deflate
            S: go
            DEFLATE
            C: compressed ${repeat:x:999}
            S: = compressed ${*}
            C: quit
            S: bye
            CLOSED
            C2: quit
            S2...
            CLOSED2
            """,
            mode, Duration.ofSeconds(10), Map.of("name", "Ärger"));
    assertThat(end)
        .containsEntry("greeting", "hello")
        .containsEntry("n", "1")
        .containsEntry("count", "2")
        .containsEntry("name", "Ärger");
    assertThat(received).contains("+FLAGS (\\Seen) A\t\\");
  }

  @ParameterizedTest
  @EnumSource(value = Mode.class, names = "TLS", mode = EnumSource.Mode.EXCLUDE)
  void theClientStartsTls(Mode mode) {
    run("S: ${*}\nC: starttls\nS: go\nTLS\nC: a\nC: b\nS: = a\nS: = b\nC: quit\nS: bye\n", mode);
  }

  @Test
  void tlsFromTheFirstOctet() throws IOException {
    close();
    listen(tls.getServerSocketFactory());
    run("S: * hello ${*}\nC: a\nS: = a\nC: deflate\nS: go\nDEFLATE\nC: b\nS: = b\n", Mode.TLS);
  }

  @Test
  void skippedLinesGiveWayToTheRequiredOne() {
    run("S: ${*}\nC: many\nS| a ${*}\nS: a 2\nS| b ${*}\nS: end\n", Mode.WHOLE);
  }

  @Test
  void anotherLineFailsWithTheDialogue() {
    assertThat(failure("S: * hello ${n}\nC: x\ty\nS: = ${n}\n"))
        .contains("t:3 (WHOLE): expected\n  S: = ${n}\nbut came\n  S: = x\\x09y")
        .contains("dialogue so far:\n  S: * hello 1\n  C: x\\x09y\n  S: = x");
  }

  @Test
  void aBoundVariableMustBeEqual() {
    assertThat(failure("S: * hello ${n}\nC: 2\nS: = ${n}\n")).contains("but came\n  S: = 2");
    assertThat(failure("S: * ${a} ${n}\nC: p q\nS: = ${x} ${x}\n")).contains("S: = p q");
  }

  @Test
  void silenceFails() {
    Duration soon = Duration.ofSeconds(1);
    assertThat(failure("S: ${*}\nC: silence\nS: ok\n", soon))
        .contains("t:3")
        .contains("nothing came");
    assertThat(failure("S: ${*}\nCLOSED\n", soon)).contains("t:2").contains("nothing came");
  }

  @Test
  void theServersEndFails() {
    assertThat(failure("S: ${*}\nC: quit\nS: bye\nS: more\n"))
        .contains("S: more\nbut the server closed")
        .contains("CLOSED");
  }

  @Test
  void anyOtherLineInABlockFails() {
    assertThat(failure("S: ${*}\nC: shuffled\nS{\nS: ok\nS: * 3 EXISTS\nS}\n"))
        .contains("but came\n  S: * 2 EXISTS");
  }

  @Test
  void aBareLineFeedIsNotALineEnd() {
    assertThat(failure("S: ${*}\nC: lf\nS: bare\nS: ok\n")).contains("S: bare");
  }

  @Test
  void linesBeforeTheEndOfTheConnectionFail() {
    assertThat(failure("S: ${*}\nC: quit\nCLOSED\n")).contains("but came\n  S: bye");
    run("S: ${*}\nC: quit\nS...\nCLOSED\n", Mode.WHOLE);
  }

  @Test
  void anUnboundVariableInAClientLineFails() {
    assertThat(failure("S: ${*}\nC: ${nobody}\n")).contains("t:2").contains("${nobody}");
  }

  @Test
  void whatIsNoTranscriptIsRefused() {
    for (String text :
        List.of("X: a", "S| a\nC: b", "S{\nS: a", "S{\nS}", "S...", "C| a", "S{\nC: x\nS}", "S}")) {
      assertThatThrownBy(() -> Transcript.parse("t", text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("t:");
    }
  }

  @Test
  void filesAreFound() throws IOException {
    List<Path> files = Transcripts.in("transcripts").toList();
    assertThat(files)
        .extracting(f -> f.getFileName().toString())
        .containsExactly("echo.transcript");
    TranscriptRunner.run(
        Transcript.load(files.getFirst()),
        new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()),
        Map.of(),
        Mode.WHOLE);
    assertThatThrownBy(() -> Transcripts.in("nowhere")).hasMessageContaining("nowhere");
  }
}
