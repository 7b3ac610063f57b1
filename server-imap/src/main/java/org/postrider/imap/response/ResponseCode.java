package org.postrider.imap.response;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.postrider.storage.MessageFlags;

/** What a program can read in a status response (RFC 3501 §7.1, RFC 5530 §3). */
public sealed interface ResponseCode {
  /** Appends the code without its brackets. */
  void append(ResponseBuffer out);

  /** Codes without arguments. */
  enum Plain implements ResponseCode {
    ALREADYEXISTS,
    AUTHENTICATIONFAILED,
    CANNOT,
    CLOSED,
    COMPRESSIONACTIVE,
    CONTACTADMIN,
    CORRUPTION,
    EXPUNGEISSUED,
    INUSE,
    LIMIT,
    NONEXISTENT,
    NOPERM,
    NOTIFICATIONOVERFLOW,
    OVERQUOTA,
    PRIVACYREQUIRED,
    READ_ONLY,
    READ_WRITE,
    SERVERBUG,
    TOOBIG,
    TRYCREATE,
    UIDREQUIRED,
    UNAVAILABLE,
    UNKNOWN_CTE,
    USEATTR;

    private final String text = name().toUpperCase(Locale.ROOT).replace('_', '-');

    @Override
    public void append(ResponseBuffer out) {
      out.ascii(text);
    }
  }

  /** Codes with one number: UIDVALIDITY, UIDNEXT, UNSEEN, HIGHESTMODSEQ. */
  record Numbered(String name, long value) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(name).character(' ').number(value);
    }
  }

  record Capability(List<String> capabilities) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("CAPABILITY");
      capabilities.forEach(name -> out.character(' ').ascii(name));
    }
  }

  /**
   * The flags that can be changed for good.
   *
   * @param flags empty in a mailbox that is only read
   * @param open whether a client may make keywords
   */
  record PermanentFlags(MessageFlags flags, boolean open) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("PERMANENTFLAGS (");
      FlagText.names(out, flags);
      out.ascii(open ? " \\*)" : ")");
    }
  }

  /** RFC 8474 §4.1, §4.2. */
  record MailboxObjectId(String id) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("MAILBOXID (").ascii(id).character(')');
    }
  }

  /** RFC 4315 §3. */
  record AppendUid(long uidValidity, long[] uids) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("APPENDUID ").number(uidValidity).character(' ').set(uids);
    }
  }

  /** RFC 4315 §3. */
  record CopyUid(long uidValidity, long[] source, long[] target) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("COPYUID ").number(uidValidity).character(' ');
      out.set(source).character(' ').set(target);
    }
  }

  /** RFC 5267 §4.3.1. */
  record NoUpdate(String tag) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("NOUPDATE ").string(tag);
    }
  }

  /** RFC 7162 §3.1.3. */
  record Modified(long[] numbers) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("MODIFIED ").set(numbers);
    }
  }

  /** RFC 4469 §4.1; what a response code cannot hold is percent-encoded. */
  record BadUrl(String url) implements ResponseCode {
    /** Characters of the URL that are told. */
    private static final int LENGTH_MAX = 1_000;

    @Override
    public void append(ResponseBuffer out) {
      out.ascii("BADURL ");
      String told = url.length() > LENGTH_MAX ? url.substring(0, LENGTH_MAX) : url;
      for (byte octet : told.getBytes(StandardCharsets.UTF_8)) {
        if (octet > ' ' && octet < 0x7f && octet != ']' && octet != '\\') {
          out.character((char) octet);
        } else {
          out.ascii("%%%02X".formatted(octet & 0xff));
        }
      }
    }
  }

  /**
   * RFC 9585 §4.
   *
   * @param progress less than {@code goal}
   */
  record InProgress(String tag, long progress, long goal) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("INPROGRESS (");
      // That character would end the code.
      if (tag.indexOf(']') < 0) {
        out.string(tag);
      } else {
        out.ascii("NIL");
      }
      out.character(' ').number(progress).character(' ').number(goal).character(')');
    }
  }

  /** RFC 5465 §8: the names of the events that there are. */
  record BadEvent(List<String> known) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("BADEVENT (").ascii(String.join(" ", known)).character(')');
    }
  }

  record BadCharset(List<String> known) implements ResponseCode {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("BADCHARSET (").ascii(String.join(" ", known)).character(')');
    }
  }
}
