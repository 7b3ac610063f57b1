package org.postrider.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends mail by SMTP to two users, one of whom takes it away by POP3. */
final class KillMailer {
  private static final Pattern TOKEN = Pattern.compile("(?i)Subject: token-(\\d+)");
  private static final int TAKEN_MAX = 5;

  private final String keeper;
  private final String taker;
  private final String password;
  private final KillLog log;

  /** Recipients of each acknowledged message. */
  private final Map<Integer, List<String>> delivered = new ConcurrentHashMap<>();

  /** Recipients of messages that were not acknowledged. */
  private final Map<Integer, List<String>> attempted = new ConcurrentHashMap<>();

  private final Set<Integer> taken = ConcurrentHashMap.newKeySet();

  /** Marked in a session whose QUIT was not answered. */
  private Set<Integer> marked = Set.of();

  KillMailer(String keeper, String taker, String password, KillLog log) {
    this.keeper = keeper;
    this.taker = taker;
    this.password = password;
    this.log = log;
  }

  /** Sends until the server is gone. */
  void send(InetSocketAddress smtp, RandomGenerator random) throws IOException {
    try (ProofClient client = new ProofClient(smtp)) {
      client.expect("220 ");
      client.send("EHLO load.example", "250 ");
      while (!log.isKilled()) {
        int token = log.nextToken();
        List<String> recipients =
            switch (random.nextInt(3)) {
              case 0 -> List.of(keeper);
              case 1 -> List.of(taker);
              default -> List.of(keeper, taker);
            };
        attempted.put(token, recipients);
        client.send("MAIL FROM:<load@example.com>", "250 ", "4", "5");
        for (String recipient : recipients) {
          client.send("RCPT TO:<" + recipient + ">", "250 ", "4", "5");
        }
        client.send("DATA", "354", "4", "5");
        client.send(KillLog.message(token) + ".", "250 ", "4", "5");
        delivered.put(token, recipients);
        log.acknowledge();
      }
    }
  }

  /** Takes mail away until the server is gone. */
  void take(InetSocketAddress pop3) throws IOException {
    while (!log.isKilled()) {
      try (ProofClient client = new ProofClient(pop3)) {
        client.expect("+OK", "-ERR");
        client.send("USER " + taker, "+OK", "-ERR");
        client.send("PASS " + password, "+OK", "-ERR");
        String stat = client.send("STAT", "+OK", "-ERR").getLast();
        int count = Math.min(TAKEN_MAX, Integer.parseInt(stat.split(" ", -1)[1]));
        Set<Integer> marks = new HashSet<>();
        for (int i = 1; i <= count; i++) {
          Matcher subject =
              TOKEN.matcher(String.join("\n", client.send("TOP " + i + " 0", ".", "-ERR")));
          if (!subject.find()) {
            throw new IOException("no token");
          }
          client.send("DELE " + i, "+OK", "-ERR");
          marks.add(Integer.valueOf(subject.group(1)));
        }
        marked = marks;
        client.send("QUIT", "+OK", "-ERR");
        taken.addAll(marks);
        marked = Set.of();
        if (count > 0) {
          log.acknowledge();
        }
      }
    }
  }

  /** Compares with what the two have now. */
  void verify(Set<Integer> kept, Set<Integer> left) {
    attempted.forEach((token, recipients) -> {
      List<Boolean> there = new ArrayList<>();
      if (recipients.contains(keeper)) {
        there.add(kept.contains(token));
      }
      if (recipients.contains(taker) && !taken.contains(token) && !marked.contains(token)) {
        there.add(left.contains(token));
      }
      if (delivered.containsKey(token) && there.contains(false)) {
        log.problem("lost: message " + token + " to " + recipients + ": " + there);
      } else if (there.contains(true) && there.contains(false)) {
        log.problem("half: message " + token + " to " + recipients + ": " + there);
      }
    });
    requireKnown(kept);
    requireKnown(left);
    for (Integer token : taken) {
      if (left.contains(token)) {
        log.problem("lost: the removal of message " + token);
      }
    }
    // POP3 may show, and mark, what is not acknowledged to its sender yet: a kill may take that
    // away.
    long stayed = marked.stream().filter(left::contains).count();
    if (stayed > 0
        && marked.stream().anyMatch(t -> delivered.containsKey(t) && !left.contains(t))) {
      log.problem("half: the removal of messages " + marked + " in " + left);
    }
    if (stayed == 0) {
      taken.addAll(marked);
    }
    marked = Set.of();
    // What was not acknowledged and is not there now must not come later.
    attempted
        .keySet()
        .removeIf(token -> !delivered.containsKey(token) && isNowhere(token, kept, left));
  }

  private boolean isNowhere(Integer token, Set<Integer> kept, Set<Integer> left) {
    return !kept.contains(token) && !left.contains(token) && !taken.contains(token);
  }

  private void requireKnown(Collection<Integer> tokens) {
    for (Integer token : tokens) {
      if (!attempted.containsKey(token)) {
        log.problem("half: message " + token + " comes from nowhere");
      }
    }
  }
}
