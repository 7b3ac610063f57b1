package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.postrider.message.Header;

/** Says for people which message an id stands for. */
final class Whereabouts {
  private static final int KNOWN_MAX = 1_000;
  private static final int PAGE = 10_000;
  private static final int SUBJECT_MAX = 80;

  /** Messages that are named at once. */
  private static final int HOLDERS_MAX = 10_000;

  private static final String MAILBOX =
      "SELECT a.login, b.name, b.deleted_at FROM mailbox b LEFT JOIN account a ON a.id = b.account"
          + " WHERE b.id = ?";
  private static final String MESSAGES =
      "SELECT id, content FROM message WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";

  private final Store store;
  private final Map<Long, String> mailboxes = new LinkedHashMap<>();

  Whereabouts(Store store) {
    this.store = store;
  }

  /** The mailbox: its account and name. */
  String mailbox(long mailbox) {
    String known = mailboxes.get(mailbox);
    if (known == null) {
      known = store.database().read(connection -> mailbox(connection, mailbox));
      if (mailboxes.size() == KNOWN_MAX) {
        mailboxes.clear();
      }
      mailboxes.put(mailbox, known);
    }
    return known;
  }

  private static String mailbox(Connection connection, long mailbox) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(MAILBOX)) {
      query.setLong(1, mailbox);
      try (ResultSet rs = query.executeQuery()) {
        if (!rs.next()) {
          return "mailbox " + mailbox + " (not there)";
        }
        boolean removed = rs.getObject(3) != null;
        return rs.getString(1) + " " + rs.getString(2) + (removed ? " (removed)" : "");
      }
    }
  }

  /** The message of a row's id: account, folder and UID. */
  String message(long id) {
    return mailbox(id >>> 32) + " UID " + (id & 0xFFFF_FFFFL);
  }

  /** The messages of a range of rows' ids. */
  String messages(long from, long to) {
    return from >>> 32 == to >>> 32
        ? message(from) + " to " + (to & 0xFFFF_FFFFL)
        : message(from) + " to " + message(to);
  }

  /** Finds messages that have those contents; reads the whole table once. */
  void holders(Set<Long> contents, BiConsumer<Long, String> each) {
    Map<Long, Long> found = new LinkedHashMap<>();
    new IdScan(store.database(), "message")
        .run(
            0,
            Long.MAX_VALUE,
            PAGE,
            (connection, from, to, limit) -> page(connection, from, to, limit, contents, found),
            (from, to) -> {});
    found.forEach((id, content) -> each.accept(content, message(id)));
  }

  private static long page(
      Connection connection,
      long from,
      long to,
      int limit,
      Set<Long> contents,
      Map<Long, Long> found)
      throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(MESSAGES)) {
      query.setLong(1, from);
      query.setLong(2, to);
      query.setInt(3, limit);
      int rows = 0;
      long last = to;
      try (ResultSet rs = query.executeQuery()) {
        while (rs.next()) {
          rows++;
          last = rs.getLong(1);
          if (found.size() < HOLDERS_MAX && contents.contains(rs.getLong(2))) {
            found.put(last, rs.getLong(2));
          }
        }
      }
      return rows < limit ? to : last;
    }
  }

  /** The subject of a content as far as its first piece can be read; with quotes, or empty. */
  String subject(long content) {
    try {
      StringBuilder subject = new StringBuilder();
      store
          .database()
          .read(connection -> {
            ContentRows.pieces(
                connection,
                List.of(ContentRows.pieceId(content, 0)),
                (id, bytes) ->
                    Header.parse(bytes)
                        .first("Subject")
                        .map(Header::decode)
                        .ifPresent(text -> subject.append(printable(text))));
            return true;
          });
      return subject.isEmpty() ? "" : " \"" + subject + "\"";
    } catch (StorageException e) {
      return ""; // the header is what is damaged
    }
  }

  private static String printable(String text) {
    String cut = text.length() > SUBJECT_MAX ? text.substring(0, SUBJECT_MAX) + "…" : text;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
