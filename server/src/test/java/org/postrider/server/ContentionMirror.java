package org.postrider.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.MailboxId;

/**
 * What a client knows of its selected mailbox, from nothing but what it was told. What breaks the
 * rules of RFC 3501 §7.4.1, RFC 7162 §3.2.10 or RFC 9586 is an {@link AssertionError}.
 */
final class ContentionMirror {
  private static final Pattern NUMBERED = Pattern.compile("\\* (\\d+) ([A-Z]+)(?: (.*))?");
  private static final Pattern VANISHED = Pattern.compile("\\* VANISHED( \\(EARLIER\\))? (\\S+)");
  private static final Pattern CODE = Pattern.compile("\\S+ OK \\[([A-Z]+) \\(?(F?\\d+)\\)?].*");
  private static final Pattern UID = Pattern.compile("[( ]UID (\\d+)");
  private static final Pattern MODSEQ = Pattern.compile("[( ]MODSEQ \\((\\d+)\\)");
  private static final Pattern FLAGS = Pattern.compile("[( ]FLAGS \\(([^)]*)\\)");

  /** A message; uid 0 and flags null as long as it was not told. */
  static final class Known {
    long uid;
    long modSeq;
    @Nullable Set<String> flags;

    private void forget() {
      modSeq = 0;
      flags = null;
    }
  }

  /** How the client wants to be told. */
  record Manner(boolean condstore, boolean qresync, boolean uidOnly, boolean rev2) {}

  final Manner manner;
  final String name;

  /** Those without UID come last. */
  final List<Known> messages = new ArrayList<>();

  /** What is known of messages from an earlier connection, by UID (RFC 7162 §3.2.5). */
  private final Map<Long, Known> cached = new HashMap<>();

  long uidValidity;
  long highestModSeq;
  @Nullable MailboxId mailbox;
  private long greatestHeard;
  private boolean codeHeard;

  ContentionMirror(String name, Manner manner) {
    this.name = name;
    this.manner = manner;
  }

  /** A new view of a mailbox that was known before. */
  static ContentionMirror resumed(ContentionMirror before) {
    ContentionMirror mirror = new ContentionMirror(before.name, before.manner);
    mirror.uidValidity = before.uidValidity;
    mirror.highestModSeq = before.highestModSeq;
    before.messages.stream()
        .filter(known -> known.uid > 0 && known.flags != null)
        .forEach(known -> mirror.cached.put(known.uid, known));
    return mirror;
  }

  int size() {
    return messages.size();
  }

  long[] uids() {
    return messages.stream().mapToLong(known -> known.uid).filter(uid -> uid > 0).toArray();
  }

  Collection<Long> cachedUids() {
    return cached.keySet();
  }

  int unknown() {
    return (int) messages.stream().filter(known -> known.uid == 0).count();
  }

  @Nullable Known byUid(long uid) {
    return messages.stream().filter(known -> known.uid == uid).findFirst().orElse(null);
  }

  private static void require(boolean rule, String broken) {
    if (!rule) {
      throw new AssertionError(broken);
    }
  }

  /**
   * Takes an untagged response.
   *
   * @param expunges whether messages may be expunged by it
   */
  void take(String response, boolean expunges) {
    Matcher numbered = NUMBERED.matcher(response);
    Matcher vanished = VANISHED.matcher(response);
    Matcher code = CODE.matcher(response);
    if (numbered.lookingAt()) {
      int number = (int) Long.parseLong(numbered.group(1));
      switch (numbered.group(2)) {
        case "EXISTS" -> exists(number);
        case "EXPUNGE" -> {
          require(!manner.qresync && !manner.uidOnly, "EXPUNGE in place of VANISHED");
          require(expunges, "EXPUNGE while numbers must not shift");
          require(number >= 1 && number <= size(), "EXPUNGE of a number that there is not");
          messages.remove(number - 1);
        }
        case "FETCH" -> {
          require(!manner.uidOnly, "FETCH in place of UIDFETCH");
          require(number >= 1 && number <= size(), "FETCH of a number that there is not");
          fetched(messages.get(number - 1), number - 1, response);
        }
        case "UIDFETCH" -> {
          require(manner.uidOnly, "UIDFETCH that nobody asked for");
          uidFetched(Long.parseLong(numbered.group(1)), response);
        }
        default -> require(numbered.group(2).equals("RECENT"), "what is that");
      }
    } else if (vanished.matches()) {
      vanished(vanished.group(1) != null, numbers(vanished.group(2)), expunges);
    } else if (code.matches()) {
      code(code.group(1), code.group(2));
    }
  }

  private void exists(int count) {
    require(count >= size(), "EXISTS takes messages away");
    while (size() < count) {
      messages.add(new Known());
    }
  }

  private void fetched(Known known, int index, String response) {
    Matcher uid = UID.matcher(response);
    if (uid.find()) {
      long told = Long.parseLong(uid.group(1));
      require(known.uid == 0 || known.uid == told, "the number now stands for another message");
      if (known.uid == 0) {
        for (int i = 0; i < size(); i++) {
          long other = messages.get(i).uid;
          require(
              other == 0 || (i < index ? other < told : i == index || other > told),
              "UIDs do not ascend");
        }
        known.uid = told;
        resume(known);
      }
    }
    state(known, response);
  }

  private void uidFetched(long uid, String response) {
    Known known = byUid(uid);
    if (known == null) {
      require(unknown() > 0, "UIDFETCH of a message that was not announced");
      messages.removeLast();
      known = new Known();
      known.uid = uid;
      int at = (int) messages.stream().filter(m -> m.uid > 0 && m.uid < uid).count();
      messages.add(at, known);
      resume(known);
    }
    state(known, response);
  }

  /** What was known of it before holds still, if nothing else is told. */
  private void resume(Known known) {
    Known before = cached.get(known.uid);
    if (before != null) {
      known.flags = before.flags;
      known.modSeq = before.modSeq;
    }
  }

  private void state(Known known, String response) {
    Matcher modSeq = MODSEQ.matcher(response);
    if (modSeq.find()) {
      long told = Long.parseLong(modSeq.group(1));
      require(told >= known.modSeq, "MODSEQ falls from " + known.modSeq);
      known.modSeq = told;
      greatestHeard = Math.max(greatestHeard, told);
    }
    Matcher flags = FLAGS.matcher(response);
    if (flags.find()) {
      known.flags = flags(flags.group(1));
    }
  }

  static Set<String> flags(String text) {
    Set<String> flags = new TreeSet<>(Arrays.asList(text.split(" ")));
    flags.remove("");
    flags.remove("\\Recent");
    return flags;
  }

  private void vanished(boolean earlier, long[] uids, boolean expunges) {
    require(manner.qresync || manner.uidOnly, "VANISHED that nobody asked for");
    for (long uid : uids) {
      cached.remove(uid);
      if (earlier) {
        require(byUid(uid) == null, "VANISHED (EARLIER) of a message that is there");
        continue;
      }
      require(expunges, "VANISHED while numbers must not shift");
      Known known = byUid(uid);
      int index = known == null ? unknownPlace(uid) : messages.indexOf(known);
      require(index >= 0, "VANISHED of a message that is not there");
      messages.remove(index);
      if (known == null) {
        // It may have been any of those.
        messages.stream().filter(message -> message.uid == 0).forEach(Known::forget);
      }
    }
  }

  /** Where a message stands whose UID was not told yet; negative when there is none. */
  private int unknownPlace(long uid) {
    if (manner.uidOnly) {
      return unknown() > 0 ? size() - 1 : -1;
    }
    for (int i = 0; i < size() && messages.get(i).uid < uid; i++) {
      int next = i + 1;
      while (next < size() && messages.get(next).uid == 0) {
        next++;
      }
      if (messages.get(i).uid == 0 && (next == size() || messages.get(next).uid > uid)) {
        return i;
      }
    }
    return -1;
  }

  private void code(String name, String value) {
    switch (name) {
      case "UIDVALIDITY" -> {
        if (uidValidity != Long.parseLong(value)) {
          cached.clear();
          uidValidity = Long.parseLong(value);
        }
      }
      case "HIGHESTMODSEQ" -> {
        codeHeard = true;
        highestModSeq = Long.parseLong(value);
      }
      case "MAILBOXID" -> mailbox = new MailboxId(Long.parseLong(value.substring(1)));
      default -> {}
    }
  }

  /** A command is done: reckons HIGHESTMODSEQ (RFC 7162 §6). */
  void tagged(String response) {
    Matcher code = CODE.matcher(response);
    if (code.matches() && code.group(1).equals("HIGHESTMODSEQ")) {
      code(code.group(1), code.group(2));
    }
    if (!codeHeard) {
      highestModSeq = Math.max(highestModSeq, greatestHeard);
    }
    codeHeard = false;
    greatestHeard = 0;
  }

  /** The numbers of a set. */
  static long[] numbers(String set) {
    return Arrays.stream(set.split(","))
        .map(range -> range.split(":"))
        .flatMapToLong(ends -> {
          long first = Long.parseLong(ends[0]);
          return LongStream.rangeClosed(first, Long.parseLong(ends[ends.length - 1]));
        })
        .toArray();
  }
}
