package org.postrider.imap.session;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.postrider.imap.response.FlagText;
import org.postrider.imap.response.ResponseBuffer;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.response.Untagged;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.imap.syntax.IndexRanges;
import org.postrider.imap.syntax.SequenceSet;
import org.postrider.imap.syntax.UidRanges;
import org.postrider.storage.ChangeBus;
import org.postrider.storage.MailboxId;
import org.postrider.storage.MessageEntry;
import org.postrider.storage.MessageFlags;
import org.postrider.storage.Messages;
import org.postrider.storage.StorageException;
import org.postrider.storage.SystemFlag;

/**
 * What a client knows of its selected mailbox: the UIDs in order of their sequence numbers, and the
 * mod-sequence up to which it was told of changes. The store may be ahead; {@link #report} tells
 * the client what it missed, at the moments that RFC 3501 §5.5 and §7.4.1 allow. Messages that were
 * expunged by others keep their sequence number until then.
 */
public final class MailboxView implements AutoCloseable {
  /**
   * What may be told, and how.
   *
   * @param expunges whether sequence numbers may shift now
   * @param withUid whether FETCH responses carry the UID
   * @param withModSeq whether they carry the MODSEQ (RFC 7162 §3.2)
   * @param withRecent whether {@code \Recent} is told; IMAP4rev2 has it no more
   * @param names what messages are called
   */
  public record Report(
      boolean expunges, boolean withUid, boolean withModSeq, boolean withRecent, Names names) {}

  /** What messages are called in responses. */
  public enum Names {
    NUMBERS,
    /** Expunged ones by UID, in VANISHED (RFC 7162 §3.2.10), others by sequence number. */
    UIDS_OF_EXPUNGED,
    /** All by UID (RFC 9586 §3). */
    UIDS
  }

  private static final long[] NONE = {};

  /** Messages whose flags are told at once. */
  private static final int PAGE = 1_000;

  /** A buffer is drained when it holds that many octets. */
  private static final int DRAIN = 8 << 10;

  private final MailboxId mailbox;
  private final boolean readOnly;
  private final RecentMarks marks;
  private final AtomicBoolean stale = new AtomicBoolean();
  private final TreeSet<String> keywords = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  // The MODSEQ of this session's last change, by UID.
  private final Map<Long, Long> ownChanges = new HashMap<>();
  private long[] uids;
  private long uidNext;
  private long highestModSeq;
  // Expunged by others, and the client was not told; ascending.
  private long[] vanished = NONE;
  // Up to there the client was told of everything, expunges too.
  private long toldModSeq;
  private boolean modSeqDue;
  private final Recent recent = new Recent();
  private final List<UpdatedResult> updatedResults = new ArrayList<>();
  private Interest interest = Interest.ALL;
  private NewMessages newMessages = which -> {};
  // Of messages that this session put in or expunged, until it is told of them.
  private long[] ownArrivals = NONE;
  private long[] ownExpunged = NONE;
  // The mod-sequence from which on flags were not told, or -1.
  private long flagsUntoldFrom = -1;
  // UIDs, ascending; some may have left the view.
  private long[] saved = NONE;
  private ChangeBus.Subscription subscription = () -> {};

  /** A view of the mailbox as the snapshot shows it. */
  public MailboxView(Messages.Snapshot snapshot, boolean readOnly, RecentMarks marks) {
    this.mailbox = snapshot.mailbox().id();
    this.readOnly = readOnly;
    this.marks = marks;
    this.uids = snapshot.uids();
    this.highestModSeq = snapshot.mailbox().highestModSeq();
    this.toldModSeq = highestModSeq;
    this.uidNext = snapshot.mailbox().uidNext();
    keywords.addAll(snapshot.keywords());
    claimRecent();
  }

  /** Listens for changes; {@code wake} is called after each, by the store's writer. */
  public void watch(ChangeBus changes, Runnable wake) {
    subscription =
        changes.watch(
            mailbox,
            () -> {
              stale.set(true);
              wake.run();
            });
    // What changed between the snapshot and the subscription was not heard.
    stale.set(true);
  }

  @Override
  public void close() {
    subscription.close();
  }

  public MailboxId mailbox() {
    return mailbox;
  }

  /** Whether it was opened by EXAMINE. */
  public boolean isReadOnly() {
    return readOnly;
  }

  /** The UIDs by sequence number; not to be changed. */
  public long[] uids() {
    return uids;
  }

  public int count() {
    return uids.length;
  }

  public long highestModSeq() {
    return highestModSeq;
  }

  /** The keywords that the client was told of. */
  public List<String> keywords() {
    return List.copyOf(keywords);
  }

  /** Index of a UID (its sequence number less one), negative when it is not in the view. */
  public int indexOf(long uid) {
    return Arrays.binarySearch(uids, uid);
  }

  /** Keeps those UIDs, ascending, for {@code $} (RFC 5182). */
  public void save(long[] found) {
    saved = found;
  }

  /** All UIDs that there can have been, as {@link #ranges} gives them. */
  public long[] allUids() {
    return uidNext == 1 ? NONE : new long[] {1, uidNext - 1};
  }

  /**
   * What a set of UIDs, or {@code $}, contains of the UIDs that there can have been: disjoint
   * ranges, first and last of each in turn.
   */
  public long[] ranges(SequenceSet set) {
    if (!set.isSaved()) {
      return set.upTo(uidNext - 1, uids.length == 0 ? 0 : uids[uids.length - 1]);
    }
    return Arrays.stream(saved).flatMap(uid -> LongStream.of(uid, uid)).toArray();
  }

  /** The messages of a set of UIDs, or of {@code $}. */
  public IndexRanges byUid(SequenceSet set) {
    return set.isSaved() ? IndexRanges.of(saved, uids) : set.byUid(uids);
  }

  /**
   * The messages of a set of sequence numbers, or of {@code $}.
   *
   * @throws ImapSyntaxException when no message has one of the numbers
   */
  public IndexRanges byNumber(SequenceSet set) throws ImapSyntaxException {
    return set.isSaved() ? IndexRanges.of(saved, uids) : set.byNumber(uids.length);
  }

  /** As {@link #byNumber}, but numbers that no message has are passed over. */
  public IndexRanges byNumberLeniently(SequenceSet set) {
    return set.isSaved() ? IndexRanges.of(saved, uids) : set.byNumberLeniently(uids.length);
  }

  /** Whether the message is {@code \Recent} in this session. */
  public boolean isRecent(long uid) {
    return recent.contains(uid);
  }

  /** How many messages are {@code \Recent}. */
  public int recentCount() {
    return recent.count(uids);
  }

  private void claimRecent() {
    recent.add(readOnly ? marks.peek(mailbox, uidNext) : marks.claim(mailbox, uidNext), uidNext);
  }

  /**
   * Notes changes of this session that the client is told of by the command itself (or, with
   * .SILENT, not at all), so that {@link #report} does not repeat them.
   */
  public void noteOwnChanges(List<MessageEntry> changed) {
    changed.forEach(entry -> ownChanges.merge(entry.uid(), entry.modSeq(), Math::max));
    if (!changed.isEmpty() && !updatedResults.isEmpty()) {
      stale.set(true);
    }
  }

  /**
   * Notes changes of this session of which the client is told nothing. Those of messages that
   * others had changed since it was told are reported all the same (RFC 3501 §6.4.6).
   */
  public void noteSilentChanges(Messages.StoreResult result) {
    List<MessageEntry> foreseen = new ArrayList<>();
    for (int i = 0; i < result.before().length; i++) {
      MessageEntry entry = result.changed().get(i);
      long told = Math.max(highestModSeq, ownChanges.getOrDefault(entry.uid(), 0L));
      if (result.before()[i] <= told) {
        foreseen.add(entry);
      } else {
        stale.set(true);
      }
    }
    noteOwnChanges(foreseen);
  }

  /** From now on the client is told of those changes only. */
  public void listen(Interest wanted, NewMessages told) {
    interest = wanted;
    newMessages = told;
    stale.set(true);
  }

  /** Notes messages that this session put in. */
  public void noteOwnArrivals(long[] added) {
    ownArrivals = union(ownArrivals, added);
    stale.set(true);
  }

  /** Notes messages that this session took out: it is told of them whatever it listens to. */
  public void noteOwnExpunged(long[] removed) {
    ownExpunged = union(ownExpunged, removed);
    stale.set(true);
  }

  /** Whether a {@link #report} is due, so that those that were noted take no more memory. */
  public boolean hasManyOwnChanges() {
    return ownChanges.size() >= Messages.CHANGED_AT_ONCE;
  }

  /** Looks into the store at the next {@link #report}, whether a change was heard of or not. */
  public void expectChanges() {
    stale.set(true);
  }

  /**
   * Tells the client what changed since the last report.
   *
   * @throws org.postrider.storage.StorageException NOT_FOUND when the mailbox was deleted
   */
  public void report(Messages messages, ResponseWriter writer, Report how) throws IOException {
    if (interest == Interest.NONE) {
      reportOwnExpunged(writer, how);
      return;
    }
    long before = highestModSeq;
    long[] changed = NONE;
    long[] arrived = NONE;
    // Who hears of mod-sequences takes the greatest for that up to which he knows everything.
    if (stale.getAndSet(false) || how.withModSeq) {
      long since = flagsUntoldFrom >= 0 && interest == Interest.ALL ? flagsUntoldFrom : before;
      Messages.Changes changes = messages.changesSince(mailbox, since);
      int known = Recent.lowerBound(changes.changed(), uidNext);
      changed = Arrays.copyOf(changes.changed(), known);
      arrived = Arrays.copyOfRange(changes.changed(), known, changes.changed().length);
      highestModSeq = Math.max(highestModSeq, changes.highestModSeq());
      vanished = union(vanished, inView(changes.vanished()));
      uidNext = Math.max(uidNext, changes.mailbox().uidNext());
    }
    if (how.expunges && vanished.length > 0) {
      for (UpdatedResult result : updatedResults) {
        result.expunged(vanished, writer);
      }
      expunge(writer, how.names != Names.NUMBERS);
      ownExpunged = NONE;
    }
    modSeqDue |= vanished.length > 0;
    if (arrived.length > 0) {
      int old = uids.length;
      uids = Arrays.copyOf(uids, old + arrived.length);
      System.arraycopy(arrived, 0, uids, old, arrived.length);
      claimRecent();
      writer.untagged(new Untagged.Numbered(uids.length, "EXISTS"));
      if (how.withRecent) {
        writer.untagged(new Untagged.Numbered(recentCount(), "RECENT"));
      }
    }
    if (changed.length + arrived.length > 0) {
      try {
        if (interest == Interest.ALL) {
          reportFlags(messages, changed, writer, how);
          flagsUntoldFrom = -1;
        } else if (changed.length > 0 && flagsUntoldFrom < 0) {
          flagsUntoldFrom = before;
        }
        long[] others = withoutOwn(arrived);
        if (others.length > 0) {
          newMessages.arrived(IndexRanges.of(others, uids));
        }
        updateResults(union(changed, arrived), others, writer);
      } catch (StorageException e) {
        // What was not told is looked for again.
        highestModSeq = before;
        stale.set(true);
        throw e;
      }
      ownChanges.clear();
    }
    if (vanished.length == 0) {
      toldModSeq = flagsUntoldFrom >= 0 ? flagsUntoldFrom : highestModSeq;
    }
  }

  /**
   * The HIGHESTMODSEQ that the client is to go on with, or 0 when it need not be told: not above
   * the mod-sequence of an expunge that waits to be told (RFC 7162 §3.2), and what EXPUNGE led to
   * (§3.2.7).
   */
  public long modSeqDue() {
    boolean due = modSeqDue;
    modSeqDue = vanished.length > 0;
    return due ? toldModSeq : 0;
  }

  /**
   * What was expunged after a mod-sequence and has left the view (RFC 7162 §3.2.6).
   *
   * @param within as {@link #ranges} gives it
   * @param above only greater UIDs
   */
  public UidRanges gone(Messages messages, long modSeq, long[] within, long above) {
    Messages.Expunged expunged = messages.expungedSince(mailbox, modSeq);
    return expunged.complete()
        ? UidRanges.of(
            Arrays.stream(expunged.uids()).filter(uid -> indexOf(uid) < 0).toArray(), within, above)
        : UidRanges.without(uids, within, above);
  }

  /** Those of the UIDs that are in the view. */
  private long[] inView(long[] some) {
    return Arrays.stream(some).filter(uid -> indexOf(uid) >= 0).toArray();
  }

  /** Those that others put in. */
  private long[] withoutOwn(long[] arrived) {
    long[] own = ownArrivals;
    ownArrivals = NONE;
    return Arrays.stream(arrived).filter(uid -> Arrays.binarySearch(own, uid) < 0).toArray();
  }

  /** All that a client is told that wants to hear of no changes: what it asked for. */
  private void reportOwnExpunged(ResponseWriter writer, Report how) throws IOException {
    if (how.expunges && ownExpunged.length > 0) {
      long[] others = vanished;
      vanished = ownExpunged;
      ownExpunged = NONE;
      expunge(writer, how.names != Names.NUMBERS);
      vanished = others;
    }
    if (hasManyOwnChanges()) {
      ownChanges.clear();
    }
  }

  private void updateResults(long[] changed, long[] arrived, ResponseWriter writer)
      throws IOException {
    for (UpdatedResult result : updatedResults) {
      result.changed(changed, arrived, writer);
    }
  }

  /** The results that are kept up to date; those put in hear of changes from now on. */
  public List<UpdatedResult> updatedResults() {
    return updatedResults;
  }

  private static long[] union(long[] left, long[] right) {
    if (left.length == 0) {
      return right;
    }
    long[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return Arrays.stream(both).sorted().distinct().toArray();
  }

  private void expunge(ResponseWriter writer, boolean byUid) throws IOException {
    ResponseBuffer out = writer.newBuffer();
    int kept = 0;
    int gone = 0;
    for (int i = 0; i < uids.length; i++) {
      if (Arrays.binarySearch(vanished, uids[i]) < 0) {
        uids[kept++] = uids[i];
      } else {
        if (!byUid) {
          // Each report shifts the numbers of those that follow (RFC 3501 §7.4.1).
          out.ascii("* ").number(i + 1 - gone).ascii(" EXPUNGE\r\n");
        }
        gone++;
        if (out.size() >= DRAIN) {
          out.drainTo(writer.output());
        }
      }
    }
    out.writeTo(writer.output());
    if (byUid) {
      writer.vanished(false, UidRanges.of(vanished));
    }
    uids = Arrays.copyOf(uids, kept);
    vanished = NONE;
    modSeqDue = true;
  }

  /** Tells the flags of those messages, some at a time, unless this session changed them last. */
  private void reportFlags(Messages messages, long[] changed, ResponseWriter writer, Report how)
      throws IOException {
    ResponseBuffer out = writer.newBuffer();
    for (int i = 0; i < changed.length; i += PAGE) {
      long[] some = Arrays.copyOfRange(changed, i, Math.min(changed.length, i + PAGE));
      List<MessageEntry> entries =
          messages.entries(mailbox, some).stream()
              .filter(entry -> ownChanges.getOrDefault(entry.uid(), 0L) < entry.modSeq())
              .filter(entry -> !how.withModSeq || !isNewer(entry))
              .toList();
      boolean newKeywords = false;
      for (MessageEntry entry : entries) {
        newKeywords |= keywords.addAll(entry.flags().keywords());
      }
      if (newKeywords) {
        tellKeywords(writer);
      }
      for (MessageEntry entry : entries) {
        appendFlags(out, entry, how);
      }
      out.drainTo(writer.output());
    }
  }

  /**
   * Whether a message changed again after what is being reported. Its new MODSEQ is told next time,
   * with what came before it: a client that hears of it believes that it knows all up to there (RFC
   * 7162 §6).
   */
  private boolean isNewer(MessageEntry entry) {
    boolean newer = entry.modSeq() > highestModSeq;
    if (newer) {
      stale.set(true);
    }
    return newer;
  }

  /** Tells of keywords that are new to the client (RFC 3501 §7.2.6). */
  public void noteKeywords(List<String> names, ResponseWriter writer) throws IOException {
    if (keywords.addAll(names)) {
      tellKeywords(writer);
    }
  }

  private void tellKeywords(ResponseWriter writer) throws IOException {
    writer.untagged(new Untagged.Flags(allFlags()));
  }

  /** All flags in use in the mailbox. */
  public MessageFlags allFlags() {
    return MessageFlags.of((1 << SystemFlag.values().length) - 1, keywords);
  }

  /** Appends the start of a FETCH response, or of UIDFETCH (RFC 9586 §3.3). */
  public void beginFetch(ResponseBuffer out, int index, Names names) {
    if (names == Names.UIDS) {
      out.ascii("* ").number(uids[index]).ascii(" UIDFETCH (");
    } else {
      out.ascii("* ").number(index + 1L).ascii(" FETCH (");
    }
  }

  /** Appends a FETCH response with the flags of a message, unless it is not in the view. */
  public void appendFlags(ResponseBuffer out, MessageEntry entry, Report how) {
    int index = indexOf(entry.uid());
    if (index < 0) {
      return;
    }
    beginFetch(out, index, how.names);
    if (how.withUid && how.names != Names.UIDS) {
      out.ascii("UID ").number(entry.uid()).character(' ');
    }
    if (how.withModSeq) {
      out.ascii("MODSEQ (").number(entry.modSeq()).ascii(") ");
    }
    out.ascii("FLAGS ");
    FlagText.append(out, entry.flags(), how.withRecent && isRecent(entry.uid()));
    out.ascii(")\r\n");
  }
}
