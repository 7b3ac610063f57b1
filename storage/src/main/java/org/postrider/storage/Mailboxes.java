package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.ALREADY_EXISTS;
import static org.postrider.storage.StorageException.Reason.BAD_NAME;
import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.LIMIT;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.text.Normalizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The mailboxes of accounts. Names are separated by {@code /}; {@code INBOX} is meant in any case;
 * a name has at most 1,000 octets of UTF-8, no empty level, no control character, none of {@code *
 * %}.
 */
public final class Mailboxes {
  static final String INBOX = "INBOX";

  /** In any case of ASCII: a dotless i is another letter. */
  private static final Pattern INBOX_FIRST = Pattern.compile("(?i)INBOX(?=/|$)");

  private static final int NAME_OCTETS_MAX = 1000;

  /** What every account has from the start. */
  private static final Map<String, SpecialUse> FROM_THE_START = new LinkedHashMap<>();

  static {
    FROM_THE_START.put("Drafts", SpecialUse.DRAFTS);
    FROM_THE_START.put("Sent", SpecialUse.SENT);
    FROM_THE_START.put("Junk", SpecialUse.JUNK);
    FROM_THE_START.put("Trash", SpecialUse.TRASH);
    FROM_THE_START.put("Archive", SpecialUse.ARCHIVE);
  }

  private final Database database;
  private final Writer writer;
  private final StoreSettings settings;
  private final Clock clock;
  private final MessageChanges messages;

  Mailboxes(Database database, Writer writer, StoreSettings settings, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.settings = settings;
    this.clock = clock;
    this.messages = new MessageChanges(settings, clock);
  }

  static StorageException gone() {
    return new StorageException(NOT_FOUND, "There is no such mailbox");
  }

  /** All mailboxes of an account, sorted by name, INBOX first. */
  public List<Mailbox> list(AccountId account) {
    return database.withHandle(handle -> MailboxRows.list(handle, account));
  }

  public Optional<Mailbox> find(AccountId account, String name) {
    String canonical;
    try {
      canonical = canonicalName(name);
    } catch (StorageException e) {
      return Optional.empty(); // such a mailbox cannot be
    }
    return database.read(connection -> MailboxRows.find(connection, account, canonical));
  }

  /** The state now; empty when it was deleted. */
  public Optional<Mailbox> find(MailboxId id) {
    return database.read(connection -> MailboxRows.find(connection, id));
  }

  /**
   * Creates a mailbox and those above it that are missing (RFC 9051 §6.3.4).
   *
   * @throws StorageException ALREADY_EXISTS, BAD_NAME, LIMIT; ALREADY_EXISTS too when the special
   *     use is taken; CANNOT for the use SCHEDULED, and below the Outbox; NO_SPACE
   */
  public Mailbox create(AccountId account, String name, @Nullable SpecialUse specialUse) {
    database.space().requireForGrowth();
    String canonical = canonicalName(name);
    MailboxId id = writer.submit(0, tx -> create(tx, account, canonical, specialUse));
    return find(id).orElseThrow(Mailboxes::gone);
  }

  private MailboxId create(
      Transaction tx, AccountId account, String name, @Nullable SpecialUse specialUse)
      throws SQLException {
    if (specialUse == SpecialUse.SCHEDULED) {
      throw new StorageException(CANNOT, "The server makes the mailbox of what is being sent");
    }
    Map<String, Mailbox> known = known(tx, account);
    tx.account(account);
    if (known.containsKey(name)) {
      throw new StorageException(ALREADY_EXISTS, "There is a mailbox of that name");
    }
    if (specialUse != null && known.values().stream().anyMatch(m -> m.specialUse() == specialUse)) {
      throw new StorageException(
          ALREADY_EXISTS, "Another mailbox has the special use " + specialUse.imapName());
    }
    List<String> missing = missingParents(known, name);
    requireRoom(known.size() + missing.size() + 1);
    for (String parent : missing) {
      insert(tx, account, parent, null);
    }
    return insert(tx, account, name, specialUse);
  }

  /**
   * @throws StorageException LIMIT when an account cannot have so many mailboxes
   */
  void requireRoom(int count) {
    if (count > settings.mailboxesMax()) {
      throw new StorageException(
          LIMIT, "An account can have at most " + settings.mailboxesMax() + " mailboxes");
    }
  }

  /** The mailboxes of the account by name, in a settled transaction. */
  static Map<String, Mailbox> known(Transaction tx, AccountId account) throws SQLException {
    tx.settle();
    Map<String, Mailbox> known = new TreeMap<>();
    MailboxRows.list(tx.handle(), account).forEach(m -> known.put(m.name(), m));
    return known;
  }

  /**
   * The names above a name that are not there.
   *
   * @throws StorageException CANNOT when an Outbox is above it
   */
  static List<String> missingParents(Map<String, Mailbox> known, String name) {
    List<String> missing = new ArrayList<>();
    for (int i = name.indexOf('/'); i >= 0; i = name.indexOf('/', i + 1)) {
      String parent = name.substring(0, i);
      Mailbox there = known.get(parent);
      if (there == null) {
        missing.add(parent);
      } else if (there.specialUse() == SpecialUse.SCHEDULED) {
        throw new StorageException(CANNOT, "There are no mailboxes below " + parent);
      }
    }
    return missing;
  }

  MailboxId insert(Transaction tx, AccountId account, String name, @Nullable SpecialUse specialUse)
      throws SQLException {
    long now = clock.millis();
    long id = tx.nextObjectId();
    long uidValidity = tx.account(account).nextUidValidity(now);
    MailboxRows.insert(tx, id, account, name, specialUse, uidValidity, now);
    return new MailboxId(id);
  }

  /** Makes what a new account has. */
  void createFirst(Transaction tx, AccountId account) throws SQLException {
    insert(tx, account, INBOX, null);
    MailboxRows.subscribe(tx, account, INBOX);
    for (Map.Entry<String, SpecialUse> mailbox : FROM_THE_START.entrySet()) {
      insert(tx, account, mailbox.getKey(), mailbox.getValue());
      MailboxRows.subscribe(tx, account, mailbox.getKey());
    }
  }

  /**
   * Deletes a mailbox; those below it stay. Its messages can be restored during the retention and
   * do not count for the quota. The subscription stays (RFC 9051 §6.3.5).
   *
   * @throws StorageException NOT_FOUND; CANNOT for INBOX, and for the Outbox while it is wanted or
   *     has messages
   */
  public void delete(AccountId account, String name) {
    String canonical = nameThatMayExist(name);
    if (canonical.equals(INBOX)) {
      throw new StorageException(CANNOT, "INBOX cannot be deleted");
    }
    writer.submit(
        0,
        tx -> {
          Mailbox mailbox = require(known(tx, account), canonical);
          if (mailbox.specialUse() == SpecialUse.SCHEDULED
              && (settings.outbox() || mailbox.messages() > 0)) {
            throw new StorageException(CANNOT, "The mailbox shows what is being sent: it stays");
          }
          MailboxRows.delete(tx, mailbox, clock.millis());
          tx.settle();
          AuditRows.insert(
              tx, clock.millis(), "mailbox-delete", "", account, mailbox.id() + " " + canonical);
          return true;
        });
  }

  private static Mailbox require(Map<String, Mailbox> known, String name) {
    Mailbox mailbox = known.get(name);
    if (mailbox == null) {
      throw gone();
    }
    return mailbox;
  }

  /** The canonical form; a name that no mailbox can have is NOT_FOUND. */
  private static String nameThatMayExist(String name) {
    try {
      return canonicalName(name);
    } catch (StorageException e) {
      throw gone();
    }
  }

  /**
   * Renames a mailbox with all below it, keeping UIDVALIDITY and special use; parents of the new
   * name are made. INBOX is special: its messages move to the new mailbox, and an empty INBOX stays
   * (RFC 9051 §6.3.6).
   *
   * @throws StorageException NOT_FOUND, ALREADY_EXISTS, BAD_NAME, LIMIT; CANNOT when moved below
   *     itself or the Outbox, and for the Outbox
   */
  public void rename(AccountId account, String from, String to) {
    String source = nameThatMayExist(from);
    String target = canonicalName(to);
    writer.submit(
        0,
        tx -> {
          if (source.equals(INBOX)) {
            renameInbox(tx, account, target);
          } else {
            rename(tx, account, source, target);
          }
          return true;
        });
  }

  private void renameInbox(Transaction tx, AccountId account, String target) throws SQLException {
    MailboxId inbox = require(known(tx, account), INBOX).id();
    MailboxId created = create(tx, account, target, null);
    tx.settle();
    tx.flush();
    UidList uids = new UidList();
    MessageRows.allUids(tx.connection(), inbox, uids);
    messages.move(tx, inbox, uids.toArray(), created);
  }

  private void rename(Transaction tx, AccountId account, String source, String target)
      throws SQLException {
    Map<String, Mailbox> known = known(tx, account);
    if (require(known, source).specialUse() == SpecialUse.SCHEDULED) {
      throw new StorageException(CANNOT, "The mailbox shows what is being sent: it keeps its name");
    }
    if (known.containsKey(target)) {
      throw new StorageException(ALREADY_EXISTS, "There is a mailbox of that name");
    }
    if (target.startsWith(source + "/")) {
      throw new StorageException(CANNOT, "A mailbox cannot be moved below itself");
    }
    Map<Mailbox, String> renamed = new LinkedHashMap<>();
    for (Mailbox mailbox : known.values()) {
      if (mailbox.name().equals(source) || mailbox.name().startsWith(source + "/")) {
        String name = canonicalName(target + mailbox.name().substring(source.length()));
        if (known.containsKey(name)) {
          throw new StorageException(ALREADY_EXISTS, "There is a mailbox " + name);
        }
        renamed.put(mailbox, name);
      }
    }
    List<String> missing = missingParents(known, target);
    requireRoom(known.size() + missing.size());
    renamed.forEach((mailbox, name) -> MailboxRows.rename(tx, mailbox, name));
    for (String parent : missing) {
      insert(tx, account, parent, null);
    }
    tx.settle();
  }

  /** Subscribed names, sorted; some may not exist. */
  public Set<String> subscriptions(AccountId account) {
    List<String> names = database.withHandle(handle -> MailboxRows.subscriptions(handle, account));
    return new TreeSet<>(names);
  }

  /**
   * Subscribes (idempotent). The mailbox need not exist. @throws StorageException BAD_NAME, LIMIT
   */
  public void subscribe(AccountId account, String name) {
    String canonical = canonicalName(name);
    writer.submit(
        0,
        tx -> {
          tx.account(account);
          List<String> known = MailboxRows.subscriptions(tx.handle(), account);
          if (known.contains(canonical)) {
            return false;
          }
          if (known.size() >= settings.mailboxesMax()) {
            throw new StorageException(
                LIMIT, "An account can have at most " + settings.mailboxesMax() + " subscriptions");
          }
          MailboxRows.subscribe(tx, account, canonical);
          return true;
        });
  }

  /** Unsubscribes (idempotent). */
  public void unsubscribe(AccountId account, String name) {
    String canonical;
    try {
      canonical = canonicalName(name);
    } catch (StorageException e) {
      return; // nobody can be subscribed to it
    }
    writer.submit(
        0,
        tx -> {
          MailboxRows.unsubscribe(tx, account, canonical);
          return true;
        });
  }

  /**
   * The canonical form of a mailbox name: NFC, INBOX in capitals (as the first level too), no
   * separator at the end.
   *
   * @throws StorageException BAD_NAME
   */
  public static String canonicalName(String name) {
    String nfc = Normalizer.normalize(name, Normalizer.Form.NFC);
    String text = nfc.endsWith("/") ? nfc.substring(0, nfc.length() - 1) : nfc;
    if (text.isEmpty() || text.startsWith("/") || text.endsWith("/") || text.contains("//")) {
      throw new StorageException(BAD_NAME, "A mailbox name has no empty level");
    }
    if (text.codePoints().anyMatch(Mailboxes::isForbidden)) {
      throw new StorageException(
          BAD_NAME, "A mailbox name has no control characters and none of * and %");
    }
    if (text.getBytes(StandardCharsets.UTF_8).length > NAME_OCTETS_MAX) {
      throw new StorageException(
          BAD_NAME, "A mailbox name has at most " + NAME_OCTETS_MAX + " octets");
    }
    Matcher inbox = INBOX_FIRST.matcher(text);
    return inbox.lookingAt() ? INBOX + text.substring(INBOX.length()) : text;
  }

  /** RFC 5198 §2 keeps controls and line separators out; lone surrogates have no UTF-8 form. */
  private static boolean isForbidden(int c) {
    return Character.isISOControl(c)
        || c == 0x2028
        || c == 0x2029
        || c == '*'
        || c == '%'
        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
