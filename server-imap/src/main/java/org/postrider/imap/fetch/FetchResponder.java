package org.postrider.imap.fetch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.postrider.imap.content.ContentBatch;
import org.postrider.imap.content.EntryPages;
import org.postrider.imap.content.ObjectIds;
import org.postrider.imap.fetch.FetchItem.Octets;
import org.postrider.imap.fetch.FetchItem.Plain;
import org.postrider.imap.response.FlagText;
import org.postrider.imap.response.ResponseBuffer;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.message.ContentDigest;
import org.postrider.message.Header;
import org.postrider.storage.FlagChange;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.StorageException;
import org.postrider.storage.SystemFlag;
import org.postrider.wire.ConnectionClosedException;
import org.postrider.wire.WireOutput;

/**
 * Answers FETCH: entries by the page, contents by the batch, each with one query or two, and what
 * is ready-made in the digest as it lies there.
 */
public final class FetchResponder {
  /** The buffer is drained when it holds that many octets. */
  private static final int DRAIN = 8 << 10;

  private final ImapSession session;
  private final MailboxView view;
  private final FetchItems items;
  private final long changedSince;
  private final ResponseBuffer out;
  private final WireOutput wire;
  private final OctetsWriter octetsWriter;
  private final BinaryWriter binaryWriter;
  private final List<Long> damaged = new ArrayList<>();
  private final List<Long> undecoded = new ArrayList<>();

  /**
   * @param changedSince only messages with a greater MODSEQ (RFC 7162 §3.1.4.1), 0 for all
   */
  public FetchResponder(ImapSession session, FetchItems items, long changedSince) {
    this.session = session;
    this.view = session.view();
    this.items = items;
    this.changedSince = changedSince;
    ResponseWriter writer = session.writer();
    this.out = writer.newBuffer();
    this.wire = writer.output();
    this.octetsWriter = new OctetsWriter(out, wire);
    this.binaryWriter = new BinaryWriter(out, wire);
  }

  /**
   * Writes a FETCH response for each message.
   *
   * @return whether all were there; those that were expunged meanwhile are passed over
   */
  public boolean respond(IndexRanges which) throws IOException {
    int found = EntryPages.read(session.messages(), view.mailbox(), view.uids(), which, this::page);
    out.drainTo(wire);
    return found == which.count();
  }

  /** UIDs of messages that were left out, since they are damaged on the disk. */
  public List<Long> damaged() {
    return damaged;
  }

  /** UIDs of messages that were left out, since a part's transfer encoding is not known. */
  public List<Long> undecoded() {
    return undecoded;
  }

  private void page(List<MessageEntry> entries) throws IOException {
    List<MessageEntry> wanted = entries;
    if (changedSince > 0) {
      wanted = entries.stream().filter(entry -> entry.modSeq() > changedSince).toList();
    }
    ContentBatch.read(session.store().contents(), wanted, items.needs(), this::batch);
    if (view.hasManyOwnChanges()) {
      out.drainTo(wire);
      session.reportChanges(session.report(false, items.wants(Plain.UID)));
    }
  }

  private void batch(List<MessageEntry> entries, ContentBatch batch) throws IOException {
    Map<Long, MessageEntry> seen =
        items.setsSeen() && !view.isReadOnly() ? setSeen(entries, batch) : Map.of();
    for (MessageEntry entry : entries) {
      MessageEntry changed = seen.isEmpty() ? null : seen.get(entry.uid());
      message(changed == null ? entry : changed, changed != null, batch);
      if (out.size() >= DRAIN) {
        out.drainTo(wire);
      }
    }
  }

  /** Sets {@code \Seen} where it is missing; the changed messages by UID. */
  private Map<Long, MessageEntry> setSeen(List<MessageEntry> entries, ContentBatch batch) {
    long[] unseen =
        entries.stream()
            .filter(entry -> !entry.flags().has(SystemFlag.SEEN))
            .filter(entry -> !batch.isDamaged(entry.content()) && !isUndecodable(entry, batch))
            .mapToLong(MessageEntry::uid)
            .toArray();
    if (unseen.length == 0) {
      return Map.of();
    }
    FlagChange change = new FlagChange(FlagChange.Mode.ADD, MessageFlags.of(SystemFlag.SEEN));
    List<MessageEntry> changed =
        session
            .messages()
            .storeFlags(view.mailbox(), unseen, change, OptionalLong.empty())
            .changed();
    view.noteOwnChanges(changed);
    Map<Long, MessageEntry> byUid = new HashMap<>();
    changed.forEach(entry -> byUid.put(entry.uid(), entry));
    return byUid;
  }

  private boolean isUndecodable(MessageEntry entry, ContentBatch batch) {
    for (FetchItem item : items.items()) {
      if (BinaryWriter.isUnknown(item, entry, batch)) {
        return true;
      }
    }
    return false;
  }

  private void message(MessageEntry entry, boolean flagsChanged, ContentBatch batch)
      throws IOException {
    int index = view.indexOf(entry.uid());
    if (index < 0) {
      return;
    }
    if (batch.isDamaged(entry.content())) {
      damaged.add(entry.uid());
      return;
    }
    if (isUndecodable(entry, batch)) {
      undecoded.add(entry.uid());
      return;
    }
    long start = out.position();
    try {
      message(index, entry, flagsChanged, batch);
    } catch (StorageException e) {
      if (!out.rewind(start)) {
        // The client would take what comes next for a part of the message.
        throw new ConnectionClosedException("a message can't be read to its end: " + e);
      }
      if (e.reason() != StorageException.Reason.DAMAGED) {
        out.drainTo(wire);
        throw e;
      }
      damaged.add(entry.uid());
    }
  }

  private void message(int index, MessageEntry entry, boolean flagsChanged, ContentBatch batch)
      throws IOException {
    view.beginFetch(out, index, session.names());
    boolean first = true;
    for (FetchItem item : items.items()) {
      if (!first) {
        out.character(' ');
      }
      first = false;
      switch (item) {
        case Plain plain -> plain(plain, entry, batch);
        case Octets octets -> octetsWriter.write(octets, entry, batch);
        case FetchItem.Binary binary -> binaryWriter.write(binary, entry, batch);
        case FetchItem.BinarySize size -> binaryWriter.writeSize(size, entry, batch);
      }
    }
    // RFC 3501 §6.4.5: when \Seen was set, the new flags are part of the answer.
    if (flagsChanged && !items.wants(Plain.FLAGS)) {
      out.character(' ');
      plain(Plain.FLAGS, entry, batch);
    }
    if (flagsChanged && session.isCondstore()) {
      // RFC 7162 §3.2.4
      addUnlessWanted(Plain.MODSEQ, entry, batch);
      if (!session.isUidOnly()) {
        addUnlessWanted(Plain.UID, entry, batch);
      }
    }
    out.ascii(")\r\n");
  }

  private void addUnlessWanted(Plain item, MessageEntry entry, ContentBatch batch)
      throws IOException {
    if (!items.wants(item)) {
      out.character(' ');
      plain(item, entry, batch);
    }
  }

  private void plain(Plain item, MessageEntry entry, ContentBatch batch) throws IOException {
    switch (item) {
      case UID -> out.ascii("UID ").number(entry.uid());
      case FLAGS -> {
        out.ascii("FLAGS ");
        FlagText.append(out, entry.flags(), !session.isRev2() && view.isRecent(entry.uid()));
      }
      case INTERNALDATE -> out.ascii("INTERNALDATE ").dateTime(entry.internalDate());
      case RFC822_SIZE -> out.ascii("RFC822.SIZE ").number(entry.size());
      case ENVELOPE -> out.ascii("ENVELOPE ").raw(digest(entry, batch).envelope());
      case BODY -> out.ascii("BODY ").raw(digest(entry, batch).body());
      case BODYSTRUCTURE -> out.ascii("BODYSTRUCTURE ").raw(digest(entry, batch).bodyStructure());
      case MODSEQ -> out.ascii("MODSEQ (").number(entry.modSeq()).character(')');
      case SAVEDATE -> out.ascii("SAVEDATE ").dateTime(entry.saveDate());
      case PREVIEW -> out.ascii("PREVIEW ").string(digest(entry, batch).preview());
      case EMAILID -> out.ascii("EMAILID (").ascii(ObjectIds.email(entry.content())).character(')');
      case THREADID -> threadId(batch.header(entry.content()));
    }
  }

  private void threadId(byte[] header) {
    Optional<String> id = ObjectIds.thread(Header.parse(header));
    out.ascii(id.map("THREADID (%s)"::formatted).orElse("THREADID NIL"));
  }

  private static ContentDigest digest(MessageEntry entry, ContentBatch batch) {
    return batch.digest(entry.content());
  }
}
