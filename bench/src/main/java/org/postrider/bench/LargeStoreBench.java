package org.postrider.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postrider.auth.StoredCredential;
import org.postrider.storage.AccountId;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StagedContent;
import org.postrider.storage.Store;
import org.postrider.storage.StoreSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What an administrator waits for with a store of many gigabytes: start after a clean stop and
 * after a kill, backup, the check, compaction.
 */
@Command(name = "large", description = "Start, backup, check and compaction of a large store.")
final class LargeStoreBench implements Callable<Integer> {
  /** Of ten messages six are small, three have a picture, one has a document. */
  private static final int[] SIZES = {4, 4, 60, 4, 4, 60, 4, 250, 4, 60};

  private static final int APPENDED_AT_ONCE = 10;
  private static final int DELIVERED_BEFORE_KILL = 200;

  @Option(names = "--gigabytes", defaultValue = "5", description = "Of mail.")
  private double gigabytes;

  @Option(names = "--accounts", defaultValue = "50", description = "Among which it is shared.")
  private int accounts;

  @Option(names = "--runs", defaultValue = "5", description = "Starts of each kind.")
  private int runs;

  @Option(names = "--heap", defaultValue = "512m", description = "Heap of the server.")
  private String heap = "512m";

  private final Report report = new Report("large");

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("postrider-bench");
    try {
      Path data = Files.createDirectory(directory.resolve("data"));
      fill(data);
      report.fact("storeMegabytes", megabytes(data));
      starts(data);
      Path backup = directory.resolve("backup");
      whileServed(data, "backup, the first", "backup", backup.toString());
      report.fact("backupMegabytes", megabytes(backup));
      whileServed(data, "backup, the second", "backup", backup.toString());
      whileServed(data, "check --quick", "check", "--quick");
      whileServed(data, "check", "check");
      command(data, "backup verify", "backup", "verify", backup.toString());
      Path restored = Files.createDirectory(directory.resolve("restored"));
      command(restored, "restore", "restore", backup.toString());
      command(data, "compact", "compact");
    } finally {
      Target.delete(directory);
    }
    report.print();
    return 0;
  }

  private void fill(Path data) {
    long octets = (long) (gigabytes * (1L << 30));
    long start = System.nanoTime();
    long written = 0;
    int messages = 0;
    try (Store store = Store.open(StoreSettings.inDirectory(data), Clock.systemUTC())) {
      List<MailboxId> inboxes = new ArrayList<>();
      String credential = StoredCredential.ofPassword(Target.PASSWORD).text();
      for (int i = 0; i < accounts; i++) {
        AccountId account = store.directory().createAccount(Target.login(i), credential).id();
        inboxes.add(store.mailboxes().find(account, "INBOX").orElseThrow().id());
      }
      while (written < octets) {
        List<Messages.NewMessage> batch = new ArrayList<>();
        for (int i = 0; i < APPENDED_AT_ONCE; i++) {
          byte[] message = Corpus.message(messages++, SIZES[i] << 10);
          written += message.length;
          batch.add(new Messages.NewMessage(staged(store, message), MessageFlags.NONE, 1));
        }
        store.messages().append(inboxes.get(messages / APPENDED_AT_ONCE % accounts), batch);
        batch.forEach(message -> message.content().close());
      }
    }
    report.fact("messages", messages);
    add("filling: megabytes a second", (written >> 20) / seconds(start));
  }

  private static StagedContent staged(Store store, byte[] message) {
    try (ContentWriter writer = store.contents().write()) {
      writer.write(message, 0, message.length);
      return writer.finish();
    }
  }

  private void starts(Path data) throws IOException, InterruptedException {
    for (int run = 0; run <= runs; run++) {
      Started clean = start(data);
      long stop = System.nanoTime();
      Target.stop(clean.process());
      double stopped = seconds(stop);
      Started again = start(data);
      try (Wire wire = new Wire(again.ports().getFirst())) {
        deliver(wire);
      }
      again.process().destroyForcibly().waitFor();
      Started afterKill = start(data);
      Target.stop(afterKill.process());
      if (run > 0) { // the first one warms up
        add("start after a clean stop, s", clean.seconds());
        add("clean stop, s", stopped);
        add("start after a kill, s", afterKill.seconds());
      }
    }
  }

  private record Started(Process process, List<Integer> ports, double seconds) {}

  private Started start(Path data) throws IOException, InterruptedException {
    List<Integer> ports = Target.freePorts(3);
    long start = System.nanoTime();
    Process process = Target.start(data, ports, heap);
    for (int port : ports) {
      Target.awaitGreeting(process.toHandle(), port);
    }
    return new Started(process, ports, seconds(start));
  }

  private static void deliver(Wire wire) throws IOException {
    byte[] message = Corpus.message(1, 4096);
    expect(wire, "220");
    wire.send("HELO client.test\r\n");
    expect(wire, "250");
    for (int i = 0; i < DELIVERED_BEFORE_KILL; i++) {
      wire.send("MAIL FROM:<s@sender.test>\r\n");
      expect(wire, "250");
      wire.send("RCPT TO:<" + Target.login(i % 10) + ">\r\n");
      expect(wire, "250");
      wire.send("DATA\r\n");
      expect(wire, "354");
      wire.send(message);
      wire.send("\r\n.\r\n");
      expect(wire, "250");
    }
  }

  private static void expect(Wire wire, String code) throws IOException {
    String line = wire.line();
    if (!line.startsWith(code)) {
      throw new IOException("expected " + code + ", got: " + line);
    }
  }

  /** The command beside a server that runs. */
  private void whileServed(Path data, String name, String... arguments)
      throws IOException, InterruptedException {
    Started server = start(data);
    try {
      command(data, name, arguments);
    } finally {
      Target.stop(server.process());
    }
  }

  private void command(Path data, String name, String... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("postrider.root", "."), "postrider").toString());
    words.add("--data=" + data);
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("POSTRIDER_JAVA_OPTS", "-Xmx" + heap);
    long start = System.nanoTime();
    Process process =
        builder
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (!process.waitFor(Duration.ofHours(1).toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    if (process.waitFor() != 0) {
      throw new IOException(name + " ended with " + process.exitValue());
    }
    add(name + ", s", seconds(start));
  }

  /** Tells the value at once too: the whole takes many minutes. */
  private void add(String name, double value) {
    System.err.printf("%-32s %12.2f%n", name, value);
    report.add(name, value);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static long megabytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.mapToLong(file -> file.toFile().length()).sum() >> 20;
    }
  }
}
