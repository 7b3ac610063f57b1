package org.postrider.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.server.ContentionMirror.Known;
import org.postrider.server.ContentionMirror.Manner;
import org.postrider.storage.Store;

/** A client that does whatever comes to its mind, and believes what it is told. */
final class ContentionSession implements Runnable {
  /** A mailbox that holds more is thinned out. */
  private static final int MESSAGES_MAX = 60;

  /** Names that come and go. */
  private static final List<String> FLEETING = List.of("C", "D");

  private static final List<String> NAMES = List.of("INBOX", "INBOX", "A", "A", "B", "C", "D");
  private static final List<String> FLAGS =
      List.of("\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted", "one", "two");

  private final InetSocketAddress address;
  private final String login;
  private final ContentionCheck check;
  private final Manner manner;
  private final Random random;
  private final BooleanSupplier ends;
  private final Deque<String> said = ContentionConnection.nothingSaid();
  private final Map<String, ContentionMirror> left = new HashMap<>();
  private ContentionConnection connection;
  private @Nullable ContentionMirror mirror;
  private String found = "";
  private boolean closed;
  private boolean readOnly;
  private int tags;
  private volatile long commands;
  private volatile @Nullable String problem;

  /** The end of the session that the server announces. */
  private static final class ByeException extends IOException {
    private static final long serialVersionUID = 1;

    ByeException(String response) {
      super(response);
    }
  }

  ContentionSession(
      InetSocketAddress address,
      String login,
      Store store,
      Manner manner,
      long seed,
      BooleanSupplier ends)
      throws IOException {
    this.address = address;
    this.login = login;
    this.check = new ContentionCheck(store);
    this.manner = manner;
    this.random = new Random(seed);
    this.ends = ends;
    this.connection = connect();
  }

  long commands() {
    return commands;
  }

  /** What went wrong, with what was said before, or null. */
  @Nullable String problem() {
    return problem;
  }

  @Override
  public void run() {
    try {
      while (!ends.getAsBoolean()) {
        try {
          step();
        } catch (ByeException e) {
          if (!String.valueOf(e.getMessage()).contains("[NONEXISTENT]")) {
            throw e;
          }
          leave(false);
        }
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      problem = e + " " + manner + "\n    " + String.join("\n    ", said);
    }
  }

  /** Compares what the client knows with the store, while nobody changes anything. */
  void atRest() {
    try {
      try {
        command("NOOP");
      } catch (ByeException | EOFException | SocketException e) {
        leave(false);
      }
      ContentionMirror now = mirror;
      if (now != null) {
        learn(now);
        check.same(now);
      }
      connection.close();
    } catch (IOException | RuntimeException | AssertionError e) {
      problem = "at rest: " + e + " " + manner + "\n    " + String.join("\n    ", said);
    }
  }

  private ContentionConnection connect() throws IOException {
    connection = new ContentionConnection(address, said);
    connection.response();
    command("LOGIN " + login);
    List<String> enabled = new ArrayList<>();
    if (manner.qresync()) {
      enabled.add("QRESYNC");
    } else if (manner.condstore()) {
      enabled.add("CONDSTORE");
    }
    if (manner.uidOnly()) {
      enabled.add("UIDONLY");
    }
    if (manner.rev2()) {
      enabled.add("IMAP4rev2");
    }
    if (!enabled.isEmpty()) {
      command("ENABLE " + String.join(" ", enabled));
    }
    return connection;
  }

  /** Goes away, with or without a word, and comes back; what it knew of the mailbox it keeps. */
  private void leave(boolean politely) throws IOException {
    keep();
    if (politely) {
      connection.send("x LOGOUT");
    }
    connection.close();
    connection = connect();
  }

  private void keep() {
    if (mirror != null) {
      left.put(mirror.name, mirror);
      mirror = null;
    }
  }

  private int pick(int bound) {
    return random.nextInt(bound);
  }

  private <T> T pick(List<T> some) {
    return some.get(pick(some.size()));
  }

  private void step() throws IOException {
    ContentionMirror now = mirror;
    if (now == null) {
      select();
      return;
    }
    if (now.size() > MESSAGES_MAX) {
      thinOut(now);
      return;
    }
    switch (pick(26)) {
      case 0, 1, 2 -> converge(now);
      case 3, 4 -> fetch(now);
      case 5 -> learn(now);
      case 6, 7, 8, 9 -> store(now);
      case 10, 11 -> search(now);
      case 12, 13 -> move("COPY", now);
      case 14 -> move("MOVE", now);
      case 15, 16 -> expunge(now);
      case 17, 18 -> idle();
      case 19, 20 -> append();
      case 21 -> select();
      case 22 -> close();
      case 23 -> leave(pick(2) == 0);
      case 24 -> mailboxes();
      default -> command("STATUS " + pick(NAMES) + " (MESSAGES UNSEEN UIDNEXT HIGHESTMODSEQ)");
    }
  }

  // ---- commands

  /** Sends a command and believes what is answered; returns the tagged response without tag. */
  private String command(String text) throws IOException {
    String word = text.substring(0, (text + " ").indexOf(' '));
    boolean expunges = !Set.of("FETCH", "STORE", "SEARCH").contains(word);
    String tag = "t" + tags++;
    connection.send(tag + " " + text);
    commands++;
    while (true) {
      String response = connection.response();
      if (response.startsWith(tag + " ")) {
        String result = response.substring(tag.length() + 1);
        if (result.startsWith("BAD")
            || result.matches("NO (?!\\[[A-Z]).*|NO \\[SERVERBUG.*|NO \\[UNAVAIL.*")) {
          throw new AssertionError(result);
        }
        if (mirror != null) {
          mirror.tagged(response);
          check.agrees(mirror);
        }
        return result;
      }
      untagged(response, expunges);
    }
  }

  private void untagged(String response, boolean expunges) throws ByeException {
    if (response.startsWith("* BYE")) {
      throw new ByeException(response);
    }
    if (mirror != null) {
      mirror.take(response, expunges);
    }
    closed |= response.startsWith("* OK [CLOSED]");
    if (response.startsWith("* SEARCH") || response.startsWith("* ESEARCH")) {
      found = response;
    }
  }

  private void select() throws IOException {
    keep();
    String name = pick(NAMES);
    ContentionMirror before = left.remove(name);
    boolean resync = manner.qresync() && before != null && before.highestModSeq > 0;
    ContentionMirror next =
        resync && before != null
            ? ContentionMirror.resumed(before)
            : new ContentionMirror(name, manner);
    String parameter =
        resync ? " (QRESYNC (" + next.uidValidity + " " + next.highestModSeq + "))" : "";
    long known = next.uidValidity;
    mirror = next;
    String result;
    try {
      result = command((pick(8) == 0 ? "EXAMINE " : "SELECT ") + name + parameter);
    } catch (ByeException e) {
      mirror = null;
      throw e;
    }
    if (!result.startsWith("OK")) {
      mirror = null;
      return;
    }
    readOnly = result.startsWith("OK [READ-ONLY]");
    // Which numbers the messages have; flags only where they are not known from before.
    if (resync && known == next.uidValidity) {
      command("UID FETCH 1:* (UID)");
      check.resumed(next);
    } else {
      command("UID FETCH 1:* (UID FLAGS" + (manner.condstore() ? " MODSEQ)" : ")"));
    }
    learn(next);
  }

  /** Asks for what was announced and is not known. */
  private void learn(ContentionMirror now) throws IOException {
    boolean ignorant = now.messages.stream().anyMatch(m -> m.uid == 0 || m.flags == null);
    while (ignorant) {
      command("UID FETCH 1:* (UID FLAGS" + (manner.condstore() ? " MODSEQ)" : ")"));
      ignorant = now.messages.stream().anyMatch(m -> m.uid == 0 || m.flags == null);
    }
  }

  private void converge(ContentionMirror now) throws IOException {
    ContentionCheck.Mark before = check.mark(now);
    command("NOOP");
    check.converged(now, before);
  }

  /** Some of the messages, by number or UID; empty when there are none. */
  private String some(ContentionMirror now, boolean uid) {
    if (now.size() == 0) {
      return "";
    }
    int first = pick(now.size());
    int last = Math.min(now.size() - 1, first + pick(4));
    if (!uid) {
      return (first + 1) + ":" + (last + 1);
    }
    return now.messages.subList(first, last + 1).stream()
        .map(known -> known.uid)
        .filter(each -> each > 0)
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private boolean byUid() {
    return manner.uidOnly() || pick(2) == 0;
  }

  private void fetch(ContentionMirror now) throws IOException {
    boolean uid = byUid();
    String set = some(now, uid);
    if (!set.isEmpty()) {
      List<String> items =
          List.of("(FLAGS)", "(UID FLAGS INTERNALDATE)", "(UID RFC822.SIZE)", "BODY[TEXT]");
      command((uid ? "UID FETCH " : "FETCH ") + set + " " + pick(items));
    }
  }

  private void store(ContentionMirror now) throws IOException {
    boolean uid = byUid();
    String set = some(now, uid);
    if (set.isEmpty()) {
      return;
    }
    Set<String> flags = new TreeSet<>(List.of(pick(FLAGS), pick(FLAGS)));
    String mode = pick(List.of("+", "-", ""));
    boolean silent = pick(2) == 0;
    String unchanged =
        manner.condstore() && pick(3) == 0
            ? "(UNCHANGEDSINCE " + (now.highestModSeq - pick(3)) + ") "
            : "";
    if (unchanged.contains("-")) {
      return;
    }
    long[] meant = ContentionMirror.numbers(set);
    if (silent && (readOnly || !unchanged.isEmpty())) {
      // Perhaps nothing is changed: it asks afterwards.
      now.messages.forEach(known -> known.flags = null);
    } else if (silent) {
      assume(now, meant, uid, mode, flags);
    }
    command(
        (uid ? "UID STORE " : "STORE ")
            + set
            + " "
            + unchanged
            + mode
            + (silent ? "FLAGS.SILENT (" : "FLAGS (")
            + String.join(" ", flags)
            + ")");
    learn(now);
  }

  /** What nobody tells after .SILENT. */
  private static void assume(
      ContentionMirror now, long[] meant, boolean uid, String mode, Set<String> flags) {
    for (long number : meant) {
      Known known = uid ? now.byUid(number) : now.messages.get((int) number - 1);
      if (known != null && known.flags != null) {
        Set<String> changed = mode.isEmpty() ? new TreeSet<>() : new TreeSet<>(known.flags);
        if (mode.equals("-")) {
          changed.removeAll(flags);
        } else {
          changed.addAll(flags);
        }
        known.flags = changed;
      }
    }
  }

  private void search(ContentionMirror now) throws IOException {
    boolean uid = byUid();
    boolean all = pick(2) == 0;
    int size = now.size();
    found = "";
    String result = command((uid ? "UID SEARCH " : "SEARCH ") + (all ? "ALL" : "UNSEEN"));
    if (!result.startsWith("OK")) {
      throw new AssertionError(result);
    }
    long[] numbers =
        found.startsWith("* ESEARCH")
            ? found.contains(" ALL ")
                ? ContentionMirror.numbers(
                    found.substring(found.indexOf(" ALL ") + 5).split(" ")[0])
                : new long[0]
            : ContentionMirror.numbers(("0" + found.substring(8)).replace(' ', ','));
    if (all && !uid) {
      long expected = found.startsWith("* ESEARCH") ? size : size + 1;
      if (numbers.length != expected || LongStream.of(numbers).max().orElse(0) != size) {
        throw new AssertionError("SEARCH ALL found " + found + " of " + size);
      }
    }
  }

  private void move(String verb, ContentionMirror now) throws IOException {
    boolean uid = byUid();
    String set = some(now, uid);
    if (!set.isEmpty()) {
      command((uid ? "UID " : "") + verb + " " + set + " " + pick(NAMES));
    }
  }

  private void expunge(ContentionMirror now) throws IOException {
    String set = pick(2) == 0 ? "" : some(now, true);
    command(set.isEmpty() ? "EXPUNGE" : "UID EXPUNGE " + set);
  }

  private void thinOut(ContentionMirror now) throws IOException {
    long[] uids = now.uids();
    if (uids.length > 10) {
      command("UID STORE 1:" + uids[uids.length / 2] + " +FLAGS (\\Deleted)");
    }
    if (!command("EXPUNGE").startsWith("OK")) {
      close();
    }
  }

  private void idle() throws IOException {
    String tag = "t" + tags++;
    connection.send(tag + " IDLE");
    commands++;
    String response = connection.response();
    for (; !response.startsWith("+"); response = connection.response()) {
      untagged(response, true);
    }
    while (connection.awaitResponse(1 + pick(20))) {
      untagged(connection.response(), true);
    }
    connection.send("DONE");
    for (response = connection.response();
        !response.startsWith(tag);
        response = connection.response()) {
      untagged(response, true);
    }
    if (mirror != null) {
      mirror.tagged(response);
      check.agrees(mirror);
    }
  }

  private void append() throws IOException {
    String message = "Subject: " + tags + "\r\n\r\n" + "text\r\n".repeat(pick(20));
    command(
        "APPEND "
            + pick(NAMES)
            + " ("
            + pick(FLAGS)
            + ") {"
            + message.length()
            + "+}\r\n"
            + message);
  }

  private void close() throws IOException {
    // CLOSE expunges: what the client knows is no longer right, and it knows that.
    boolean expunges = pick(2) == 0;
    command(expunges ? "CLOSE" : "UNSELECT");
    keep();
  }

  private void mailboxes() throws IOException {
    String name = pick(FLEETING);
    switch (pick(4)) {
      case 0 -> delete(name);
      case 1 -> command("RENAME " + name + " " + pick(FLEETING));
      default -> command("CREATE " + name);
    }
  }

  private void delete(String name) throws IOException {
    closed = false;
    command("DELETE " + name);
    if (closed) {
      mirror = null; // it was the selected one
    }
  }
}
