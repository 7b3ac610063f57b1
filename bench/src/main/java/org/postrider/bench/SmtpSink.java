package org.postrider.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Postfix's smtp-sink: takes all mail on every address of loopback, and throws it away. */
final class SmtpSink implements AutoCloseable {
  private static final int LATE_SECONDS = 600;
  private static final Pattern COUNT = Pattern.compile("mesg=(\\d+)");

  private final Process process;
  private final int port;
  private final AtomicLong messages = new AtomicLong();

  SmtpSink() throws IOException, InterruptedException {
    port = Target.freePorts(1).getFirst();
    process =
        new ProcessBuilder("/usr/sbin/smtp-sink", "-c", "-u", "postfix", "0.0.0.0:" + port, "1000")
            .redirectErrorStream(true)
            .start();
    Thread.ofPlatform().daemon().start(this::count);
    Target.awaitGreeting(process.toHandle(), port);
  }

  int port() {
    return port;
  }

  /** It tells its counts again with each message, ended by a carriage return. */
  private void count() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      String line;
      while ((line = in.readLine()) != null) {
        Matcher matcher = COUNT.matcher(line);
        if (matcher.find()) {
          messages.set(Long.parseLong(matcher.group(1)));
        }
      }
    } catch (IOException e) {
      if (process.isAlive()) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Messages so far. */
  long messages() {
    return messages.get();
  }

  /**
   * Waits until so many have come.
   *
   * @throws IOException when they do not come, or more than they
   */
  void await(long count) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LATE_SECONDS);
    while (messages() < count) {
      if (System.nanoTime() > deadline) {
        throw new IOException(messages() + " of " + count + " messages arrived");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    if (messages() > count) {
      throw new IOException(messages() + " messages arrived where " + count + " were sent");
    }
  }

  ProcessTree processes() {
    return new ProcessTree(List.of(process.pid()));
  }

  @Override
  public void close() {
    Target.stop(process);
  }
}
