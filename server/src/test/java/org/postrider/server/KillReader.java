package org.postrider.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.server.KillMailbox.Message;

/**
 * An IMAP client that alone changes its account and remembers each change that was acknowledged:
 * APPEND, STORE, MOVE, EXPUNGE, CREATE, DELETE.
 */
final class KillReader {
  private static final List<String> MAILBOXES = List.of("Work", "Kept");
  private static final Pattern APPENDUID = Pattern.compile("\\[APPENDUID \\d+ (\\d+)\\]");
  private static final Pattern COPYUID = Pattern.compile("\\[COPYUID \\d+ \\d+ (\\d+)\\]");
  private static final Pattern LIST = Pattern.compile("\\* LIST \\([^)]*\\) \"/\" \"?(f\\d+)\"?");
  private static final int MESSAGES_MAX = 40;

  private final String login;
  private final String password;
  private final KillLog log;
  private final Map<String, Map<Integer, Message>> mailboxes = new HashMap<>();
  private final Map<String, Long> validities = new HashMap<>();
  private final Set<String> folders = new HashSet<>();

  /** The token, or the name of the folder, that the change under way is about. */
  private @Nullable Object pending;

  /** What of it is to be where, when the change is done; null for nothing. */
  private @Nullable String pendingMailbox;

  private @Nullable Message pendingMessage;

  KillReader(String login, String password, KillLog log) {
    this.login = login;
    this.password = password;
    this.log = log;
    MAILBOXES.forEach(name -> mailboxes.put(name, new HashMap<>()));
  }

  private ProofClient login(InetSocketAddress imap) throws IOException {
    ProofClient client = new ProofClient(imap);
    client.expect("* OK");
    send(client, "LOGIN " + login + " " + password);
    return client;
  }

  /** Sends a command; the text of its tagged OK. */
  private static String send(ProofClient client, String command) throws IOException {
    return client.send("a " + command, "a OK", "a NO", "a BAD").getLast();
  }

  /** Makes the mailboxes. */
  void prepare(InetSocketAddress imap) throws IOException {
    try (ProofClient client = login(imap)) {
      for (String name : MAILBOXES) {
        send(client, "CREATE " + name);
        validities.put(name, KillMailbox.read(client, name, log).uidValidity());
      }
    }
  }

  /** Works until the server is gone. */
  void work(InetSocketAddress imap, RandomGenerator random) throws IOException {
    try (ProofClient client = login(imap)) {
      while (!log.isKilled()) {
        step(client, random);
      }
    }
  }

  private void step(ProofClient client, RandomGenerator random) throws IOException {
    String from = MAILBOXES.get(random.nextInt(2));
    Map<Integer, Message> there = mailbox(from);
    int kind = random.nextInt(10);
    if (kind == 0) {
      folder(client, "f" + random.nextInt(5));
    } else if (there.isEmpty() || (kind < 5 && there.size() < MESSAGES_MAX)) {
      append(client, from);
    } else {
      Integer token = there.keySet().stream().skip(random.nextInt(there.size())).findFirst().get();
      send(client, "SELECT " + from);
      if (kind < 7) {
        flag(client, from, token);
      } else if (kind == 7) {
        move(client, from, token);
      } else {
        expunge(client, from, token);
      }
    }
  }

  private Map<Integer, Message> mailbox(String name) {
    return mailboxes.computeIfAbsent(name, n -> new HashMap<>());
  }

  private void begin(Object subject, @Nullable String mailbox, @Nullable Message message) {
    pendingMailbox = mailbox;
    pendingMessage = message;
    pending = subject;
  }

  private void done() {
    pending = null;
    log.acknowledge();
  }

  private static long uid(Pattern pattern, String answer) throws IOException {
    Matcher matcher = pattern.matcher(answer);
    if (!matcher.find()) {
      throw new IOException("no UID in " + answer);
    }
    return Long.parseLong(matcher.group(1));
  }

  private void append(ProofClient client, String to) throws IOException {
    int token = log.nextToken();
    String message = KillLog.message(token);
    begin(token, to, new Message(0, false));
    String answer = send(client, "APPEND " + to + " {" + message.length() + "+}\r\n" + message);
    mailbox(to).put(token, new Message(uid(APPENDUID, answer), false));
    done();
  }

  private void flag(ProofClient client, String in, Integer token) throws IOException {
    Message before = get(in, token);
    Message after = new Message(before.uid(), !before.flagged());
    begin(token, in, after);
    String sign = after.flagged() ? "+" : "-";
    send(client, "UID STORE " + before.uid() + " " + sign + "FLAGS (\\Flagged)");
    mailbox(in).put(token, after);
    done();
  }

  private Message get(String mailbox, Integer token) {
    Message message = mailbox(mailbox).get(token);
    if (message == null) {
      throw new IllegalStateException("no " + token);
    }
    return message;
  }

  private void move(ProofClient client, String from, Integer token) throws IOException {
    String to = MAILBOXES.get(1 - MAILBOXES.indexOf(from));
    Message before = get(from, token);
    begin(token, to, new Message(0, before.flagged()));
    List<String> lines =
        client.send("a UID MOVE " + before.uid() + " " + to, "a OK", "a NO", "a BAD");
    mailbox(from).remove(token);
    mailbox(to).put(token, new Message(uid(COPYUID, String.join(" ", lines)), before.flagged()));
    done();
  }

  private void expunge(ProofClient client, String in, Integer token) throws IOException {
    Message before = get(in, token);
    send(client, "UID STORE " + before.uid() + " +FLAGS (\\Deleted)");
    begin(token, null, null);
    send(client, "UID EXPUNGE " + before.uid());
    mailbox(in).remove(token);
    done();
  }

  private void folder(ProofClient client, String name) throws IOException {
    boolean create = !folders.contains(name);
    begin(name, create ? name : null, null);
    send(client, (create ? "CREATE " : "DELETE ") + name);
    if (create) {
      folders.add(name);
    } else {
      folders.remove(name);
    }
    done();
  }

  /** Compares the account with what was acknowledged, and goes on from what is there. */
  void verify(InetSocketAddress imap) throws IOException {
    try (ProofClient client = login(imap)) {
      Map<String, Map<Integer, Message>> found = new HashMap<>();
      for (String name : MAILBOXES) {
        KillMailbox mailbox = KillMailbox.read(client, name, log);
        found.put(name, mailbox.messages());
        if (!Long.valueOf(mailbox.uidValidity()).equals(validities.get(name))) {
          log.problem("moved: UIDVALIDITY of " + name + " to " + mailbox.uidValidity());
        }
      }
      Set<Integer> tokens = new HashSet<>();
      mailboxes.values().forEach(m -> tokens.addAll(m.keySet()));
      found.values().forEach(m -> tokens.addAll(m.keySet()));
      tokens.forEach(token -> compare(token, found));
      mailboxes.putAll(found);
      verifyFolders(client.send("a LIST \"\" f*", "a OK", "a NO", "a BAD"));
      pending = null;
    }
  }

  private void compare(Integer token, Map<String, Map<Integer, Message>> found) {
    boolean before = true;
    boolean after = true;
    for (String name : MAILBOXES) {
      Message actual = found.getOrDefault(name, Map.of()).get(token);
      before &= matches(mailbox(name).get(token), actual);
      after &= matches(name.equals(pendingMailbox) ? pendingMessage : null, actual);
    }
    if (!before && !(token.equals(pending) && after)) {
      log.problem("lost: message " + token + " of " + login + " is in " + found);
    }
  }

  private static boolean matches(@Nullable Message expected, @Nullable Message actual) {
    return expected == null || actual == null ? expected == actual : expected.matches(actual);
  }

  private void verifyFolders(List<String> lines) {
    Set<String> found = new HashSet<>();
    for (String line : lines) {
      Matcher matcher = LIST.matcher(line);
      if (matcher.matches()) {
        found.add(matcher.group(1));
      }
    }
    Set<String> differing = new HashSet<>(folders);
    differing.removeAll(found);
    found.stream().filter(name -> !folders.contains(name)).forEach(differing::add);
    if (pending != null) {
      differing.remove(pending);
    }
    if (!differing.isEmpty()) {
      log.problem("lost: changes of folders " + differing + " of " + login);
    }
    folders.clear();
    folders.addAll(found);
  }
}
