package org.postrider.imap.command;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.fetch.FetchItem.Partial;
import org.postrider.imap.fetch.Section;
import org.postrider.imap.fetch.SectionCopy;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.StorageException;

/**
 * A relative IMAP URL that names a message or a part of one (RFC 5092 §11), as CATENATE takes it
 * (RFC 4469 §3): {@code /mailbox;UIDVALIDITY=1/;UID=2/;SECTION=1.2/;PARTIAL=0.100}, or from {@code
 * ;UID} on for a message of the selected mailbox.
 *
 * @param mailbox decoded, or null for the selected one
 * @param uidValidity what it must be, or 0
 */
record MessageUrl(
    @Nullable String mailbox,
    long uidValidity,
    long uid,
    Section section,
    @Nullable Partial partial) {
  private static final String CHARS = "([\\w.~!$'()*+,&=:@/%-]+)";

  private static final String NUMBER = "([1-9]\\d{0,9})";

  private static final Pattern URL =
      Pattern.compile(
          "(?:/%1$s(?:;UIDVALIDITY=%2$s)?/)?;UID=%2$s(?:/;SECTION=%1$s)?".formatted(CHARS, NUMBER)
              + "(?:/;PARTIAL=(\\d{1,18})(?:\\.([1-9]\\d{0,17}))?)?",
          Pattern.CASE_INSENSITIVE);

  /** No URL is longer, characters. */
  private static final int LENGTH_MAX = 4_000;

  /** The URL, or empty when it is none that names a message of this server. */
  static Optional<MessageUrl> parse(String url) {
    Matcher matcher = URL.matcher(url);
    if (url.length() > LENGTH_MAX || !matcher.matches()) {
      return Optional.empty();
    }
    try {
      String name = decoded(matcher.group(1));
      String section = decoded(matcher.group(4));
      long offset = number(matcher.group(5), -1);
      Partial partial =
          offset < 0 ? null : new Partial(offset, number(matcher.group(6), Long.MAX_VALUE));
      long uidValidity = number(matcher.group(2), 0);
      long uid = number(matcher.group(3), 0);
      return (section == null ? Optional.of(Section.WHOLE) : Section.parse(section))
          .map(found -> new MessageUrl(name, uidValidity, uid, found, partial));
    } catch (IllegalArgumentException badEscape) {
      return Optional.empty();
    }
  }

  private static @Nullable String decoded(@Nullable String text) {
    // A plus sign stands for itself here.
    return text == null
        ? null
        : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static long number(@Nullable String digits, long otherwise) {
    return digits == null ? otherwise : Long.parseLong(digits);
  }

  /** What the URL names, or empty when it is not there. */
  Optional<SectionCopy> find(ImapSession session) {
    Optional<MailboxId> target = mailbox(session);
    if (target.isEmpty()) {
      return Optional.empty();
    }
    List<MessageEntry> entries = session.messages().entries(target.get(), new long[] {uid});
    return entries.isEmpty()
        ? Optional.empty()
        : SectionCopy.find(session.store().contents(), entries.getFirst(), section, partial);
  }

  private Optional<MailboxId> mailbox(ImapSession session) {
    if (mailbox == null) {
      return session.state() instanceof Selected(var ignored, var view)
          ? Optional.of(view.mailbox())
          : Optional.empty();
    }
    try {
      return Targets.find(session, mailbox)
          .filter(found -> uidValidity == 0 || found.uidValidity() == uidValidity)
          .map(found -> found.id());
    } catch (StorageException e) {
      if (e.reason() == StorageException.Reason.BAD_NAME) {
        return Optional.empty();
      }
      throw e;
    }
  }
}
