package org.postrider.imap.response;

import java.nio.charset.StandardCharsets;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.SystemFlag;

/** Flags as a server writes them; those without keywords are ready-made. */
public final class FlagText {
  private static final int RECENT = 1 << SystemFlag.values().length;

  private static final byte[][] READY = new byte[2 * RECENT][];

  static {
    for (int bits = 0; bits < READY.length; bits++) {
      ResponseBuffer out = new ResponseBuffer();
      write(out, MessageFlags.ofBits(bits & (RECENT - 1)), (bits & RECENT) != 0);
      READY[bits] = out.toString().getBytes(StandardCharsets.US_ASCII);
    }
  }

  private FlagText() {}

  /** Flags in parentheses. */
  public static void append(ResponseBuffer out, MessageFlags flags, boolean recent) {
    if (flags.keywords().isEmpty()) {
      out.raw(READY[flags.system() | (recent ? RECENT : 0)]);
    } else {
      write(out, flags, recent);
    }
  }

  private static void write(ResponseBuffer out, MessageFlags flags, boolean recent) {
    out.character('(');
    names(out, flags);
    if (recent) {
      boolean first = flags.system() == 0 && flags.keywords().isEmpty();
      out.ascii(first ? "\\Recent" : " \\Recent");
    }
    out.character(')');
  }

  /** Flags with spaces between. */
  static void names(ResponseBuffer out, MessageFlags flags) {
    String space = "";
    for (SystemFlag flag : SystemFlag.values()) {
      if (flags.has(flag)) {
        out.ascii(space).ascii(flag.imapName());
        space = " ";
      }
    }
    for (String keyword : flags.keywords()) {
      out.ascii(space).ascii(keyword);
      space = " ";
    }
  }
}
