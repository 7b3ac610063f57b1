package org.postrider.storage;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** The table audit: what was accepted, expunged and administered, in words, without content. */
final class AuditRows {
  private static final int SUBJECT_MAX = 2000;
  private static final int SESSION_MAX = 100;
  private static final String INSERT =
      "INSERT INTO audit (id, at, kind, session, account, subject) VALUES (?, ?, ?, ?, ?, ?)";

  private AuditRows() {}

  /**
   * @param session the session or protocol that asked
   * @param subject cut at 2,000 characters
   */
  static void insert(
      Transaction tx,
      long now,
      String kind,
      String session,
      @Nullable AccountId account,
      String subject)
      throws SQLException {
    PreparedStatement insert = tx.insert(INSERT);
    insert.setLong(1, tx.nextAuditId());
    insert.setLong(2, now);
    insert.setString(3, kind);
    insert.setString(4, cut(session, SESSION_MAX));
    if (account == null) {
      insert.setNull(5, Types.BIGINT);
    } else {
      insert.setLong(5, account.value());
    }
    insert.setString(6, cut(subject, SUBJECT_MAX));
    insert.addBatch();
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}
