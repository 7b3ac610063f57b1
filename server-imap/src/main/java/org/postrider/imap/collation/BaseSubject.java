package org.postrider.imap.collation;

/**
 * What of a subject is not put there by mail programs (RFC 5256 §2.1).
 *
 * @param text perhaps empty
 * @param isReply whether what was removed says that it is a reply or that it is forwarded
 */
public record BaseSubject(String text, boolean isReply) {
  private static final String FORWARDED_TRAILER = "(fwd)";
  private static final String FORWARDED_HEADER = "[fwd:";

  /** The base subject of a subject, whose encoded words are decoded. */
  public static BaseSubject of(String subject) {
    return new Extraction(singleSpaced(subject)).run();
  }

  /** Step 1: white space, also that of continuations, becomes a single space. */
  private static String singleSpaced(String subject) {
    StringBuilder text = new StringBuilder(subject.length());
    for (int i = 0; i < subject.length(); i++) {
      char c = subject.charAt(i);
      boolean space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
      if (!space) {
        text.append(c);
      } else if (text.isEmpty() || text.charAt(text.length() - 1) != ' ') {
        text.append(' ');
      }
    }
    return text.toString();
  }

  /** Narrows the text from both ends, and looks at each character but a few times. */
  private static final class Extraction {
    private final String text;
    private int from;
    private int to;
    private boolean reply;

    Extraction(String text) {
      this.text = text;
      this.to = text.length();
    }

    BaseSubject run() {
      do {
        trailers();
        leaders();
      } while (forwarded());
      return new BaseSubject(text.substring(from, to), reply);
    }

    /** Step 2: subj-trailer. */
    private void trailers() {
      while (to > from) {
        if (text.charAt(to - 1) == ' ') {
          to--;
        } else if (to - from >= FORWARDED_TRAILER.length()
            && is(FORWARDED_TRAILER, to - FORWARDED_TRAILER.length())) {
          to -= FORWARDED_TRAILER.length();
          reply = true;
        } else {
          return;
        }
      }
    }

    /** Steps 3 to 5: subj-leader, and blobs before something else. */
    private void leaders() {
      while (true) {
        from = spaces(from);
        int lastBlob = from;
        int at = from;
        for (int next = blob(at); next > at; next = blob(at)) {
          lastBlob = at;
          at = next;
        }
        int after = refwd(at);
        if (after > 0) {
          from = after;
          reply = true;
        } else {
          // No reply follows, so the blobs go as such; the last one stays where it is all there is.
          from = at < to ? at : lastBlob;
          return;
        }
      }
    }

    /** Step 6. */
    private boolean forwarded() {
      if (to - from > FORWARDED_HEADER.length()
          && is(FORWARDED_HEADER, from)
          && text.charAt(to - 1) == ']') {
        from += FORWARDED_HEADER.length();
        to--;
        reply = true;
        return true;
      }
      return false;
    }

    private int spaces(int at) {
      int end = at;
      while (end < to && text.charAt(end) == ' ') {
        end++;
      }
      return end;
    }

    /** Where a subj-blob ends that starts there, or the same place when none does. */
    private int blob(int at) {
      if (at >= to || text.charAt(at) != '[') {
        return at;
      }
      for (int i = at + 1; i < to; i++) {
        char c = text.charAt(i);
        if (c == ']') {
          return spaces(i + 1);
        }
        if (c == '[') {
          return at;
        }
      }
      return at;
    }

    /** Where a subj-refwd ends that starts there, or 0 when none does. */
    private int refwd(int at) {
      int word = is("re", at) ? 2 : is("fwd", at) ? 3 : is("fw", at) ? 2 : 0;
      if (word == 0) {
        return 0;
      }
      int colon = blob(spaces(at + word));
      return colon < to && text.charAt(colon) == ':' ? colon + 1 : 0;
    }

    private boolean is(String word, int at) {
      return at + word.length() <= to && text.regionMatches(true, at, word, 0, word.length());
    }
  }
}
