package org.postrider.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox as a client finds it.
 *
 * @param messages by token
 */
record KillMailbox(long uidValidity, Map<Integer, Message> messages) {
  private static final Pattern UIDVALIDITY = Pattern.compile("\\[UIDVALIDITY (\\d+)\\]");
  private static final Pattern FETCH =
      Pattern.compile("\\* \\d+ FETCH \\(UID (\\d+) FLAGS \\(([^)]*)\\) BODY\\[\\] \\{\\d+\\}");
  private static final Pattern TOKEN = Pattern.compile("Subject: token-(\\d+)");

  /** A message with its UID; 0 where the server did not tell it yet. */
  record Message(long uid, boolean flagged) {
    boolean matches(Message found) {
      return (uid == 0 || uid == found.uid) && flagged == found.flagged;
    }
  }

  /**
   * Reads a mailbox whole, on a connection that is logged in.
   *
   * @param problems takes what is wrong with it
   */
  static KillMailbox read(ProofClient client, String name, KillLog problems) throws IOException {
    long validity = 0;
    for (String line : client.send("v SELECT " + name, "v OK", "v NO", "v BAD")) {
      Matcher matcher = UIDVALIDITY.matcher(line);
      validity = matcher.find() ? Long.parseLong(matcher.group(1)) : validity;
    }
    Map<Integer, Message> messages = new HashMap<>();
    List<String> lines =
        client.send("f FETCH 1:* (UID FLAGS BODY.PEEK[])", "f OK", "f NO", "f BAD");
    int at = 0;
    while (at < lines.size() - 1) {
      Matcher fetch = FETCH.matcher(lines.get(at++));
      if (!fetch.matches()) {
        continue; // FLAGS, which another session changed
      }
      List<String> text = new ArrayList<>();
      while (!lines.get(at).equals(")")) {
        text.add(lines.get(at++));
      }
      Message message =
          new Message(Long.parseLong(fetch.group(1)), fetch.group(2).contains("\\Flagged"));
      add(name, message, String.join("\r\n", text) + "\r\n", messages, problems);
    }
    return new KillMailbox(validity, messages);
  }

  private static void add(
      String name, Message message, String text, Map<Integer, Message> messages, KillLog problems) {
    Matcher subject = TOKEN.matcher(text);
    @Nullable Integer token = subject.find() ? Integer.valueOf(subject.group(1)) : null;
    if (token == null || !text.endsWith(KillLog.message(token))) {
      problems.problem("corrupt: message " + message + " of " + name + ": " + text);
    } else if (messages.put(token, message) != null) {
      problems.problem("twice: message " + token + " in " + name);
    }
  }
}
