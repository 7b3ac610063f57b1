package org.postrider.control.operation;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Address;
import org.postrider.message.AddressList;
import org.postrider.message.Header;
import org.postrider.storage.ContentId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Store;
import org.postrider.storage.SystemFlag;
import org.postrider.storage.Undelete;

/**
 * A message as administrators see one.
 *
 * @param received its internal date
 * @param from the sender's name or address, decoded, without control characters
 * @param subject decoded, without control characters
 * @param deleted when it was expunged, or null
 * @param deletedBy the protocol by which it was expunged, or null
 */
public record MessageView(
    long uid,
    Instant received,
    long bytes,
    List<String> flags,
    String from,
    String subject,
    @Nullable Instant deleted,
    @Nullable String deletedBy) {
  private static final int CHARACTERS_MAX = 200;

  static List<MessageView> of(Store store, List<MessageEntry> entries) {
    List<Undelete.HeldMessage> all = new ArrayList<>();
    entries.forEach(entry -> all.add(new Undelete.HeldMessage(entry, 0, "")));
    return ofHeld(store, all);
  }

  static List<MessageView> ofHeld(Store store, List<Undelete.HeldMessage> messages) {
    List<ContentId> contents = messages.stream().map(held -> held.entry().content()).toList();
    List<Header> headers = new ArrayList<>();
    try {
      store.contents().headers(contents, (id, bytes) -> headers.add(Header.parse(bytes)));
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    List<MessageView> views = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      views.add(view(messages.get(i), headers.get(i)));
    }
    return views;
  }

  private static MessageView view(Undelete.HeldMessage held, Header header) {
    MessageEntry entry = held.entry();
    boolean gone = !held.protocol().isEmpty();
    return new MessageView(
        entry.uid(),
        Instant.ofEpochMilli(entry.internalDate()),
        entry.size(),
        flags(entry.flags()),
        plain(header.first("From").map(MessageView::sender)),
        plain(header.first("Subject").map(Header::decode)),
        gone ? Instant.ofEpochMilli(held.expungedAt()) : null,
        gone ? held.protocol() : null);
  }

  private static List<String> flags(MessageFlags flags) {
    List<String> names = new ArrayList<>();
    for (SystemFlag flag : SystemFlag.values()) {
      if (flags.has(flag)) {
        names.add(flag.imapName());
      }
    }
    names.addAll(flags.keywords());
    return names;
  }

  private static String sender(String field) {
    List<Address.Mailbox> mailboxes = AddressList.parse(field).mailboxes();
    if (mailboxes.isEmpty()) {
      return field;
    }
    Address.Mailbox first = mailboxes.getFirst();
    return first.name().isEmpty() ? first.spec() : Header.decode(first.name());
  }

  /** A terminal must not take orders from a message. */
  private static String plain(Optional<String> text) {
    String line = text.orElse("").replaceAll("\\s+|\\p{Cntrl}|\\p{Cf}", " ").strip();
    int end =
        line.offsetByCodePoints(0, Math.min(CHARACTERS_MAX, line.codePointCount(0, line.length())));
    return line.substring(0, end);
  }
}
