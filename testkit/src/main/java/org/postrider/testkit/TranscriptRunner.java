package org.postrider.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Plays a {@link Transcript}'s client side against a server and compares what the server says. */
public final class TranscriptRunner {
  static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final int SHOWN_LINES_MAX = 80;
  private static final int SHOWN_CHARACTERS_MAX = 300;

  /** How the client's octets travel. */
  public enum Mode {
    /** Consecutive client lines in one write. */
    WHOLE,
    /** Each octet in a write of its own. */
    BYTEWISE,
    /** Over TLS from the first octet on. */
    TLS
  }

  /**
   * How a server tells that it can't do something now.
   *
   * @param coded a line that says so
   * @param closing such a line after which it closes the connection
   * @param probe what is sent then, to see that the session is in order
   * @param answer the line that must come; others may come before
   */
  public record Refusal(Pattern coded, Pattern closing, String probe, Pattern answer) {}

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ClientConnection connection;
    private final String line;

    Refused(ClientConnection connection, String line) {
      this.connection = connection;
      this.line = line;
    }
  }

  private final Transcript transcript;
  private final InetSocketAddress address;
  private final Mode mode;
  private final Duration deadline;
  private final Map<Integer, ClientConnection> connections = new TreeMap<>();
  private final List<String> dialogue = new ArrayList<>();
  private Map<String, String> variables = new HashMap<>();
  private @Nullable Refusal refusal;

  private TranscriptRunner(
      Transcript transcript, InetSocketAddress address, Mode mode, Duration deadline) {
    this.transcript = transcript;
    this.address = address;
    this.mode = mode;
    this.deadline = deadline;
  }

  /**
   * Runs a transcript; the server has 10 seconds for each step.
   *
   * @param variables known from the start
   * @return the variables as they are at the end
   * @throws AssertionError with the dialogue so far, when the server says something else
   */
  public static Map<String, String> run(
      Transcript transcript, InetSocketAddress address, Map<String, String> variables, Mode mode) {
    return run(transcript, address, variables, mode, DEADLINE);
  }

  static Map<String, String> run(
      Transcript transcript,
      InetSocketAddress address,
      Map<String, String> variables,
      Mode mode,
      Duration deadline) {
    TranscriptRunner runner = new TranscriptRunner(transcript, address, mode, deadline);
    variables.forEach((name, value) -> runner.variables.put(name, octets(value)));
    try {
      transcript.steps().forEach(runner::step);
    } finally {
      runner.connections.values().forEach(TranscriptRunner::close);
    }
    return runner.variables.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> characters(e.getValue())));
  }

  /**
   * Plays a transcript to its end, or to the first line that says that the server can't do it now;
   * then the session must still be in order.
   *
   * @param failed whether nothing can be done any more, so that the probe may be refused too
   * @throws AssertionError when the server says something else or nothing
   */
  static void runToRefusal(
      Transcript transcript,
      InetSocketAddress address,
      Map<String, String> variables,
      Refusal refusal,
      BooleanSupplier failed) {
    TranscriptRunner runner = new TranscriptRunner(transcript, address, Mode.WHOLE, DEADLINE);
    variables.forEach((name, value) -> runner.variables.put(name, octets(value)));
    runner.refusal = refusal;
    try {
      transcript.steps().forEach(runner::step);
    } catch (Refused e) {
      runner.probe(e, refusal, failed);
    } finally {
      runner.connections.values().forEach(TranscriptRunner::close);
    }
  }

  private void probe(Refused refused, Refusal refusal, BooleanSupplier failed) {
    boolean closing = refusal.closing.matcher(refused.line).lookingAt();
    Transcript.Step step = new Transcript.Closed(1, 0, List.of());
    try {
      if (!closing) {
        refused.connection.send(refusal.probe);
      }
      String line;
      while ((line = read(step, refused.connection, refusal.probe)) != null) {
        closing |= refusal.closing.matcher(line).lookingAt();
        if (refusal.answer.matcher(line).lookingAt()
            || (failed.getAsBoolean() && refusal.coded.matcher(line).lookingAt())) {
          return;
        }
      }
      if (!closing) {
        throw failure(step, "after " + refused.line + " the server closed the connection");
      }
    } catch (IOException e) {
      throw failure(step, "after " + refused.line + ": " + e);
    }
  }

  private void step(Transcript.Step step) {
    try {
      ClientConnection connection = connections.get(step.connection());
      if (connection == null) {
        connection = new ClientConnection(address, mode, deadline);
        connections.put(step.connection(), connection);
      }
      switch (step) {
        case Transcript.Send send -> send(send, connection);
        case Transcript.Expect expect -> expect(expect, connection);
        case Transcript.Closed closed -> expectClosed(closed, connection);
        case Transcript.StartTls tls -> {
          connection.startTls();
          dialogue.add("TLS" + suffix(tls));
        }
        case Transcript.StartDeflate deflate -> {
          connection.startDeflate();
          dialogue.add("DEFLATE" + suffix(deflate));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      AssertionError failure = failure(step, e.toString());
      failure.initCause(e);
      throw failure;
    }
  }

  private void send(Transcript.Send send, ClientConnection connection) throws IOException {
    StringBuilder octets = new StringBuilder();
    for (String text : send.texts()) {
      String expanded = LinePattern.expandLine(text, variables);
      dialogue.add("C" + suffix(send) + ": " + expanded);
      octets.append(expanded);
    }
    connection.send(octets.toString());
  }

  private void expect(Transcript.Expect expect, ClientConnection connection) throws IOException {
    List<LinePattern> required = new ArrayList<>(expect.required());
    while (!required.isEmpty()) {
      String wanted =
          required.stream().map(p -> "  S: " + p.text()).collect(Collectors.joining("\n"));
      String line = read(expect, connection, wanted);
      if (line == null) {
        throw failure(expect, "expected\n" + wanted + "\nbut the server closed the connection");
      }
      if (takeRequired(required, line)) {
        continue;
      }
      Refusal may = refusal;
      if (may != null && may.coded.matcher(line).lookingAt()) {
        throw new Refused(connection, line);
      }
      // A part of an answer that comes before a refusal is of no interest.
      if (may == null && !matchesAny(expect.skippable(), line)) {
        throw failure(expect, "expected\n" + wanted + "\nbut came\n  S: " + line);
      }
    }
  }

  private boolean takeRequired(List<LinePattern> required, String line) {
    for (LinePattern pattern : required) {
      Map<String, String> bound = pattern.match(line, variables);
      if (bound != null) {
        variables = bound;
        required.remove(pattern);
        return true;
      }
    }
    return false;
  }

  private boolean matchesAny(List<LinePattern> patterns, String line) {
    return patterns.stream().anyMatch(p -> p.match(line, variables) != null);
  }

  private void expectClosed(Transcript.Closed closed, ClientConnection connection)
      throws IOException {
    String line;
    while ((line = read(closed, connection, "  the end of the connection")) != null) {
      Refusal may = refusal;
      if (may != null && may.coded.matcher(line).lookingAt()) {
        throw new Refused(connection, line);
      }
      if (may == null && !matchesAny(closed.skippable(), line)) {
        throw failure(closed, "expected the end of the connection\nbut came\n  S: " + line);
      }
    }
  }

  private @Nullable String read(Transcript.Step step, ClientConnection connection, String wanted)
      throws IOException {
    try {
      String line = connection.readLine();
      dialogue.add(line == null ? "CLOSED" + suffix(step) : "S" + suffix(step) + ": " + line);
      return line;
    } catch (SocketTimeoutException e) {
      throw failure(
          step, "expected\n" + wanted + "\nbut nothing came within " + deadline.toSeconds() + " s");
    }
  }

  private static String suffix(Transcript.Step step) {
    return step.connection() == 1 ? "" : Integer.toString(step.connection());
  }

  private AssertionError failure(Transcript.Step step, String what) {
    StringBuilder text = new StringBuilder();
    text.append(transcript.name()).append(':').append(step.line()).append(" (").append(mode);
    text.append("): ").append(shown(what, Integer.MAX_VALUE));
    connections.forEach((number, connection) -> {
      if (connection.writeFailure() != null) {
        text.append("\nsending on connection ").append(number);
        text.append(" failed: ").append(connection.writeFailure());
      }
    });
    text.append("\ndialogue so far:");
    int from = Math.max(0, dialogue.size() - SHOWN_LINES_MAX);
    if (from > 0) {
      text.append("\n  (").append(from).append(" lines)");
    }
    for (String line : dialogue.subList(from, dialogue.size())) {
      String bare = line.endsWith("\r\n") ? line.substring(0, line.length() - 2) : line;
      text.append("\n  ").append(shown(bare, SHOWN_CHARACTERS_MAX).replace("\n", "\\n"));
    }
    return new AssertionError(text.toString());
  }

  private static String shown(String octets, int charactersMax) {
    StringBuilder text = new StringBuilder();
    characters(octets)
        .codePoints()
        .limit(charactersMax)
        .forEach(c -> {
          if ((c < ' ' && c != '\n') || c == 0x7f) {
            text.append("\\x%02x".formatted(c));
          } else {
            text.appendCodePoint(c);
          }
        });
    return octets.length() > charactersMax
        ? text + "... (" + octets.length() + " octets)"
        : text.toString();
  }

  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String characters(String octets) {
    return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static void close(ClientConnection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      // The dialogue is over; how the connection ends is not part of it.
    }
  }
}
