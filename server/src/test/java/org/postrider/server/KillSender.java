package org.postrider.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postrider.server.KillPeer.Copy;

/**
 * A user who hands in mail for elsewhere: each message that was acknowledged must arrive at every
 * recipient, or come back where there is none.
 */
final class KillSender {
  private static final Pattern TOKEN = Pattern.compile("Subject: token-(\\d+)");
  private static final Pattern RECIPIENT = Pattern.compile("Final-Recipient: rfc822; ?(.*)");
  private static final int RECIPIENTS_MAX = 3;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final String login;
  private final String password;
  private final KillPeer peer;
  private final KillLog log;

  /** Recipients of each acknowledged message. */
  private final Map<Integer, List<String>> acknowledged = new ConcurrentHashMap<>();

  KillSender(String login, String password, KillPeer peer, KillLog log) {
    this.login = login;
    this.password = password;
    this.peer = peer;
    this.log = log;
  }

  /** Sends until the server is gone. */
  void send(InetSocketAddress submission, RandomGenerator random) throws IOException {
    byte[] secret = ("\0" + login + "\0" + password).getBytes(StandardCharsets.UTF_8);
    try (ProofClient client = new ProofClient(submission)) {
      client.expect("220 ");
      client.send("EHLO load.example", "250 ");
      client.send("AUTH PLAIN " + Base64.getEncoder().encodeToString(secret), "235", "4", "5");
      while (!log.isKilled()) {
        int token = log.nextToken();
        List<String> recipients = new ArrayList<>();
        for (int i = 1 + random.nextInt(RECIPIENTS_MAX); i > 0; i--) {
          String local = random.nextInt(8) == 0 ? KillPeer.UNKNOWN : "user";
          recipients.add(local + i + "@" + KillPeer.domain(random.nextInt(KillPeer.DOMAINS)));
        }
        client.send("MAIL FROM:<" + login + ">", "250 ", "4", "5");
        for (String recipient : recipients) {
          client.send("RCPT TO:<" + recipient + ">", "250 ", "4", "5");
        }
        client.send("DATA", "354", "4", "5");
        client.send(KillLog.message(token) + ".", "250 ", "4", "5");
        acknowledged.put(token, recipients);
        log.acknowledge();
      }
    }
  }

  /** Waits until all that was acknowledged arrived or came back. */
  void awaitAll(InetSocketAddress imap) throws IOException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    Set<Copy> missing = missing(imap);
    while (!missing.isEmpty()) {
      if (System.nanoTime() > deadline) {
        missing.forEach(copy -> log.problem("lost: " + copy));
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
      missing = missing(imap);
    }
  }

  private Set<Copy> missing(InetSocketAddress imap) throws IOException {
    Set<Copy> missing = new HashSet<>();
    Set<Copy> cameBack = cameBack(imap);
    acknowledged.forEach((token, recipients) -> {
      for (String recipient : recipients) {
        Copy copy = new Copy(token, recipient);
        boolean unknown = recipient.startsWith(KillPeer.UNKNOWN);
        if (!(unknown ? cameBack.contains(copy) : peer.has(copy))) {
          missing.add(copy);
        }
      }
    });
    return missing;
  }

  /** What reports in the INBOX tell of: recipients, and then the header of the message. */
  private Set<Copy> cameBack(InetSocketAddress imap) throws IOException {
    Set<Copy> copies = new HashSet<>();
    List<String> recipients = new ArrayList<>();
    try (ProofClient client = new ProofClient(imap)) {
      client.expect("* OK");
      client.send("a LOGIN " + login + " " + password, "a OK", "a NO", "a BAD");
      client.send("b SELECT INBOX", "b OK", "b NO", "b BAD");
      for (String line : client.send("f FETCH 1:* BODY.PEEK[]", "f OK", "f NO", "f BAD")) {
        Matcher recipient = RECIPIENT.matcher(line);
        Matcher subject = TOKEN.matcher(line);
        if (recipient.matches()) {
          recipients.add(recipient.group(1));
        } else if (subject.matches()) {
          int token = Integer.parseInt(subject.group(1));
          recipients.forEach(each -> copies.add(new Copy(token, each)));
          recipients.clear();
        }
      }
    }
    return copies;
  }
}
