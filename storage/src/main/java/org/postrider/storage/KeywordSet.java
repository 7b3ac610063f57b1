package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.LIMIT;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The keywords of a mailbox: numbers by name, given out in order and never taken back. Within a
 * transaction it grows; what readers get is read only.
 */
final class KeywordSet {
  private static final String SELECT = "SELECT id, name FROM keyword WHERE mailbox = ? ORDER BY id";
  private static final String INSERT = "INSERT INTO keyword (mailbox, id, name) VALUES (?, ?, ?)";

  private final MailboxId mailbox;
  private final List<String> names = new ArrayList<>();
  private final TreeMap<String, Integer> ids = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  private KeywordSet(MailboxId mailbox) {
    this.mailbox = mailbox;
  }

  static KeywordSet load(Transaction transaction, MailboxId mailbox) throws SQLException {
    transaction.flush();
    return load(transaction.query(SELECT), mailbox);
  }

  static KeywordSet load(java.sql.Connection connection, MailboxId mailbox) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(SELECT)) {
      return load(query, mailbox);
    }
  }

  private static KeywordSet load(PreparedStatement query, MailboxId mailbox) throws SQLException {
    KeywordSet set = new KeywordSet(mailbox);
    query.setLong(1, mailbox.value());
    try (ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        set.ids.put(rs.getString(2), set.names.size());
        set.names.add(rs.getString(2));
      }
    }
    return set;
  }

  /** The names, in the order they came. */
  List<String> names() {
    return List.copyOf(names);
  }

  /** Whether the set knows every bit. */
  boolean covers(byte @Nullable [] bits) {
    return bits == null || BitSet.valueOf(bits).length() <= names.size();
  }

  /** The names of those bits. */
  List<String> names(byte @Nullable [] bits) {
    if (bits == null) {
      return List.of();
    }
    List<String> result = new ArrayList<>();
    BitSet.valueOf(bits).stream().forEach(id -> result.add(names.get(id)));
    return result;
  }

  /** The bits of those names; a name that is not there is left out. */
  byte @Nullable [] knownBits(List<String> keywords) {
    BitSet bits = new BitSet();
    for (String keyword : keywords) {
      Integer id = ids.get(keyword);
      if (id != null) {
        bits.set(id);
      }
    }
    return toBytes(bits);
  }

  /**
   * Checks that those names fit.
   *
   * @throws StorageException LIMIT
   */
  void requireRoom(List<String> keywords, int keywordsMax) {
    long missing = keywords.stream().filter(k -> !ids.containsKey(k)).count();
    if (names.size() + missing > keywordsMax) {
      throw new StorageException(
          LIMIT, "A mailbox can have at most " + keywordsMax + " different keywords");
    }
  }

  /** The bits of those names; a name that is not there is added. */
  byte @Nullable [] bits(Transaction transaction, List<String> keywords) throws SQLException {
    for (String keyword : keywords) {
      if (!ids.containsKey(keyword)) {
        PreparedStatement insert = transaction.insert(INSERT);
        insert.setLong(1, mailbox.value());
        insert.setInt(2, names.size());
        insert.setString(3, keyword);
        insert.addBatch();
        ids.put(keyword, names.size());
        names.add(keyword);
        transaction.changed(mailbox);
      }
    }
    return knownBits(keywords);
  }

  /** The stored form: null when no bit is set. */
  static byte @Nullable [] toBytes(BitSet bits) {
    return bits.isEmpty() ? null : bits.toByteArray();
  }
}
