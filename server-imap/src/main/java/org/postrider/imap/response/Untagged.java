package org.postrider.imap.response;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.MessageFlags;

/** The untagged responses (RFC 3501 §7.2-7.4) but FETCH, which {@code fetch} writes in bulk. */
public sealed interface Untagged {
  /** Appends the response without its asterisk and line end. */
  void append(ResponseBuffer out);

  /** OK, NO, BAD, BYE, PREAUTH without a tag. */
  record Condition(String kind, @Nullable ResponseCode code, String text) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(kind).character(' ');
      if (code != null) {
        out.character('[');
        code.append(out);
        out.ascii("] ");
      }
      out.sentence(text);
    }
  }

  /** EXISTS, RECENT, EXPUNGE. */
  record Numbered(long number, String name) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.number(number).character(' ').ascii(name);
    }
  }

  /** CAPABILITY, ENABLED. */
  record Names(String name, List<String> values) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(name);
      values.forEach(value -> out.character(' ').ascii(value));
    }
  }

  record Flags(MessageFlags flags) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("FLAGS ");
      FlagText.append(out, flags, false);
    }
  }

  /**
   * LIST and LSUB.
   *
   * @param childInfo selection options that match below it (RFC 5258 §4), or empty
   */
  record Listed(String command, List<String> attributes, String name, List<String> childInfo)
      implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(command).ascii(" (").ascii(String.join(" ", attributes)).ascii(") \"/\" ");
      if (name.isEmpty()) {
        out.ascii("\"\"");
      } else {
        out.mailbox(name);
      }
      if (!childInfo.isEmpty()) {
        out.ascii(" (\"CHILDINFO\" (\"").ascii(String.join("\" \"", childInfo)).ascii("\"))");
      }
    }
  }

  /**
   * LIST of a name that the client did not ask for (RFC 9051 §6.3.9.7).
   *
   * @param oldName how it was called before, or how the client wrote it; null when that is the same
   */
  record NameTold(List<String> attributes, String name, @Nullable String oldName)
      implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("LIST (").ascii(String.join(" ", attributes)).ascii(") \"/\" ").mailbox(name);
      if (oldName != null) {
        out.ascii(" (\"OLDNAME\" (").mailbox(oldName).ascii("))");
      }
    }
  }

  /** A value of STATUS as it is sent, under its name. */
  record StatusValue(String name, String value) {}

  record Status(String mailbox, List<StatusValue> values) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("STATUS ").mailbox(mailbox).ascii(" (");
      String space = "";
      for (StatusValue each : values) {
        out.ascii(space).ascii(each.name).character(' ').ascii(each.value);
        space = " ";
      }
      out.character(')');
    }
  }

  /**
   * SEARCH and SORT.
   *
   * @param modSeq greatest MODSEQ of the messages found (RFC 7162 §3.1.5), or 0
   */
  record Found(String name, long[] numbers, long modSeq) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(name);
      for (long number : numbers) {
        out.character(' ').number(number);
      }
      if (modSeq > 0) {
        out.ascii(" (MODSEQ ").number(modSeq).character(')');
      }
    }
  }

  /**
   * RFC 5256 §4.
   *
   * @param threads as they are written, or empty
   */
  record Threads(String threads) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii(threads.isEmpty() ? "THREAD" : "THREAD ").ascii(threads);
    }
  }

  /**
   * RFC 4731 §3.1.
   *
   * @param tag of the command that searched
   * @param source where it searched, or null where that is understood
   */
  record ESearch(String tag, @Nullable Source source, boolean uid, List<ResultItem> items)
      implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("ESEARCH (TAG ").string(tag);
      if (source != null) {
        out.ascii(" MAILBOX ").mailbox(source.mailbox);
        out.ascii(" UIDVALIDITY ").number(source.uidValidity);
      }
      out.ascii(uid ? ") UID" : ")");
      for (ResultItem item : items) {
        out.character(' ');
        item.append(out);
      }
    }
  }

  /** The mailbox that a result is about (RFC 7377 §2.1). */
  record Source(String mailbox, long uidValidity) {}

  /** RFC 2971: fields and values in turn. */
  record Id(List<String> fields) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("ID (");
      for (int i = 0; i < fields.size(); i++) {
        out.ascii(i == 0 ? "" : " ").string(fields.get(i));
      }
      out.character(')');
    }
  }

  /** RFC 2342: one personal namespace, without prefix. */
  record Namespace() implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("NAMESPACE ((\"\" \"/\")) NIL NIL");
    }
  }

  /** RFC 9208 §5.2. */
  record QuotaRoot(String mailbox, String root) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("QUOTAROOT ").mailbox(mailbox).character(' ').string(root);
    }
  }

  /** A resource of a quota root. */
  record Resource(String name, long usage, long limit) {}

  /** RFC 9208 §5.1. */
  record Quota(String root, List<Resource> resources) implements Untagged {
    @Override
    public void append(ResponseBuffer out) {
      out.ascii("QUOTA ").string(root).ascii(" (");
      String space = "";
      for (Resource resource : resources) {
        out.ascii(space).ascii(resource.name).character(' ').number(resource.usage);
        out.character(' ').number(resource.limit);
        space = " ";
      }
      out.character(')');
    }
  }
}
