package org.postrider.storage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Checks the invariants of the store on one consistent view, beside its work: UIDs and
 * mod-sequences lie below the mailbox's, counters and quotas equal a recount, references are exact,
 * every message has its content, and every content all its pieces and its checksum.
 */
public final class StoreCheck {
  /** Findings of one kind that are listed. */
  private static final int FINDINGS_MAX = 100;

  /** Contents whose bytes are read in one transaction. */
  private static final int CONTENTS = 200;

  /** Each query returns what breaks the sentence it stands under, as one column of text. */
  private static final Map<String, String> RULES =
      Map.ofEntries(
          Map.entry(
              "message without its mailbox",
              "SELECT m.id FROM message m LEFT JOIN mailbox b ON b.id = m.mailbox WHERE b.id IS"
                  + " NULL OR m.id < b.id * 4294967296 OR m.id >= (b.id + 1) * 4294967296"),
          Map.entry(
              "UID not below UIDNEXT",
              "SELECT m.id FROM message m JOIN mailbox_state s ON s.mailbox = m.mailbox WHERE m.id"
                  + " - s.mailbox * 4294967296 >= s.uidnext UNION ALL SELECT e.id FROM expunged e"
                  + " JOIN mailbox_state s ON s.mailbox = e.mailbox WHERE e.id - s.mailbox *"
                  + " 4294967296 >= s.uidnext"),
          Map.entry(
              "MODSEQ above HIGHESTMODSEQ",
              "SELECT m.id FROM message m JOIN mailbox_state s ON s.mailbox = m.mailbox WHERE"
                  + " m.modseq > s.modseq UNION ALL SELECT e.id FROM expunged e JOIN mailbox_state"
                  + " s ON s.mailbox = e.mailbox WHERE e.modseq > s.modseq"),
          Map.entry(
              "expunged and there", "SELECT m.id FROM message m JOIN expunged e ON e.id = m.id"),
          Map.entry(
              "mailbox counters",
              "SELECT b.id FROM mailbox b JOIN mailbox_state s ON s.mailbox = b.id LEFT JOIN"
                  + " (SELECT mailbox, COUNT(*) n, SUM(size) s, SUM(CASE WHEN MOD(flags, 2) = 0"
                  + " THEN 1 ELSE 0 END) u, SUM(CASE WHEN MOD(flags / 8, 2) = 1 THEN 1 ELSE 0 END)"
                  + " d FROM message GROUP BY mailbox) m ON m.mailbox = b.id WHERE b.deleted_at IS"
                  + " NULL AND (s.messages <> COALESCE(m.n, 0) OR s.size <> COALESCE(m.s, 0) OR"
                  + " s.unseen <> COALESCE(m.u, 0) OR s.deleted <> COALESCE(m.d, 0))"),
          Map.entry(
              "mailbox without its state, or the other way round",
              "SELECT COALESCE(b.id, s.mailbox) FROM mailbox b LEFT JOIN mailbox_state s ON"
                  + " s.mailbox = b.id WHERE s.mailbox IS NULL UNION ALL SELECT s.mailbox FROM"
                  + " mailbox_state s LEFT JOIN mailbox b ON b.id = s.mailbox WHERE b.id IS NULL"),
          Map.entry(
              "account without INBOX",
              "SELECT a.login FROM account a LEFT JOIN mailbox b ON b.account = a.id AND"
                  + " b.live_name = 'INBOX' WHERE a.removed_at IS NULL AND b.id IS NULL"),
          Map.entry(
              "UIDVALIDITY given out twice",
              "SELECT account FROM mailbox GROUP BY account, uidvalidity HAVING COUNT(*) > 1"),
          Map.entry(
              "message without its content",
              "SELECT m.id FROM message m LEFT JOIN content c ON c.id = m.content AND c.size ="
                  + " m.size WHERE c.id IS NULL"),
          Map.entry(
              "references",
              "SELECT c.id FROM content c LEFT JOIN (SELECT content, COUNT(*) n FROM (SELECT"
                  + " content FROM message UNION ALL SELECT content FROM expunged WHERE content IS"
                  + " NOT NULL UNION ALL SELECT content FROM queue_entry) x GROUP BY content) r ON"
                  + " r.content = c.id WHERE c.refs <> COALESCE(r.n, 0)"),
          Map.entry(
              "content that nothing refers to and no sweep finds",
              "SELECT c.id FROM content c LEFT JOIN unreferenced u ON u.content = c.id WHERE"
                  + " (c.refs = 0) <> (u.content IS NOT NULL)"),
          Map.entry(
              "expunged message whose content is gone",
              "SELECT e.id FROM expunged e LEFT JOIN content c ON c.id = e.content WHERE e.content"
                  + " IS NOT NULL AND c.id IS NULL"),
          Map.entry(
              "queue entry without content or recipient",
              "SELECT q.id FROM queue_entry q LEFT JOIN content c ON c.id = q.content LEFT JOIN"
                  + " queue_recipient r ON r.entry = q.id AND r.no = 0 WHERE c.id IS NULL OR"
                  + " r.entry IS NULL"),
          Map.entry(
              "piece of no content",
              "SELECT p.id FROM piece p LEFT JOIN content c ON c.id = p.id / 65536 LEFT JOIN"
                  + " unreferenced u ON u.content = p.id / 65536 WHERE c.id IS NULL AND u.content"
                  + " IS NULL"));

  private StoreCheck() {}

  /** What breaks an invariant, one line each; empty when all is well. */
  public static List<String> run(Store store) {
    Database database = store.database();
    List<String> violations = new ArrayList<>();
    database.readOneMoment(connection -> {
      for (Map.Entry<String, String> rule : RULES.entrySet()) {
        ids(connection, rule.getValue() + " LIMIT " + FINDINGS_MAX)
            .forEach(id -> violations.add(rule.getKey() + ": " + id));
      }
      return true;
    });
    long after = 0;
    while (true) {
      long from = after;
      List<String> page =
          database.read(connection ->
              ids(
                  connection,
                  "SELECT id FROM content WHERE id > " + from + " ORDER BY id LIMIT " + CONTENTS));
      if (page.isEmpty()) {
        return violations;
      }
      for (String id : page) {
        after = Long.parseLong(id);
        long content = after;
        database.readOneMoment(connection -> damage(connection, content)).forEach(violations::add);
      }
    }
  }

  private static List<String> ids(Connection connection, String sql) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql);
        ResultSet rs = query.executeQuery()) {
      while (rs.next()) {
        ids.add(rs.getString(1));
      }
    }
    return ids;
  }

  /** What is wrong with the bytes of a content, or nothing; nothing too when it was swept. */
  private static List<String> damage(Connection connection, long content) throws SQLException {
    ContentRows.Layout layout = ContentRows.layouts(connection, List.of(content)).get(content);
    if (layout == null) {
      return List.of();
    }
    var sha256 = ContentWriter.newSha256();
    long size = 0;
    for (int no = 0; no < layout.pieces(); no++) {
      List<byte[]> found = new ArrayList<>();
      ContentRows.pieces(
          connection, List.of(ContentRows.pieceId(content, no)), (id, bytes) -> found.add(bytes));
      if (found.isEmpty()) {
        return List.of("content without piece " + no + ": " + content);
      }
      size += found.getFirst().length;
      sha256.update(found.getFirst());
    }
    if (size != layout.size()) {
      return List.of("content of another size: " + content);
    }
    return Arrays.equals(ContentRows.checksum(connection, content), sha256.digest())
        ? List.of()
        : List.of("content of another checksum: " + content);
  }
}
