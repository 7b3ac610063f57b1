package org.postrider.storage;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The invariants among the small tables: a query each, with the statement that mends it. */
final class TableRules {
  /** Violations of one rule that are looked for at once. */
  private static final int FOUND_MAX = 1_000;

  /**
   * A rule.
   *
   * @param violated a query for what breaks it: a key, and words for people
   * @param repair a statement with the key as its only parameter, which does nothing where the rule
   *     is kept; null when nothing can be derived
   * @param mended what was done, in words
   */
  private record Rule(String invariant, String violated, @Nullable String repair, String mended) {}

  private record Broken(Object key, String subject) {}

  private static Rule orphans(String table, String key, String owner, String ownerKey) {
    String orphan =
        "NOT EXISTS (SELECT 1 FROM " + owner + " o WHERE o." + ownerKey + " = t." + key + ")";
    return new Rule(
        table + " without its " + owner,
        "SELECT DISTINCT t."
            + key
            + ", '"
            + owner
            + " ' || t."
            + key
            + " FROM "
            + table
            + " t WHERE "
            + orphan,
        "DELETE FROM " + table + " t WHERE t." + key + " = ? AND " + orphan,
        "deleted");
  }

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "mailbox without its account",
              "SELECT b.id, b.name FROM mailbox b LEFT JOIN account a ON a.id = b.account WHERE"
                  + " a.id IS NULL",
              null,
              ""),
          new Rule(
              "mailbox without its state",
              "SELECT b.id, b.name FROM mailbox b LEFT JOIN mailbox_state s ON s.mailbox = b.id"
                  + " WHERE s.mailbox IS NULL",
              "INSERT INTO mailbox_state (mailbox, uidnext, modseq, messages, unseen, deleted,"
                  + " size) SELECT b.id, 1, 1, 0, 0, 0, 0 FROM mailbox b WHERE b.id = ? AND NOT"
                  + " EXISTS (SELECT 1 FROM mailbox_state s WHERE s.mailbox = b.id)",
              "an empty one was made"),
          orphans("mailbox_state", "mailbox", "mailbox", "id"),
          new Rule(
              "UIDVALIDITY given out twice",
              "SELECT account, MAX(name) FROM mailbox GROUP BY account, uidvalidity HAVING COUNT(*)"
                  + " > 1",
              null,
              ""),
          new Rule(
              "UIDVALIDITY above the account's last",
              "SELECT a.id, a.login FROM account a JOIN (SELECT account, MAX(uidvalidity) v FROM"
                  + " mailbox GROUP BY account) b ON b.account = a.id WHERE b.v >"
                  + " a.last_uidvalidity",
              "UPDATE account a SET last_uidvalidity = GREATEST(last_uidvalidity, (SELECT"
                  + " COALESCE(MAX(uidvalidity), 0) FROM mailbox b WHERE b.account = a.id)) WHERE"
                  + " a.id = ?",
              "the account's was raised"),
          orphans("keyword", "mailbox", "mailbox", "id"),
          orphans("address", "account", "account", "id"),
          orphans("subscription", "account", "account", "id"),
          orphans("annotation", "account", "account", "id"),
          orphans("script", "account", "account", "id"),
          orphans("alias_target", "alias", "alias", "address"),
          orphans("queue_recipient", "id / " + QueueRows.NUMBERS, "queue_entry", "id"),
          new Rule(
              "queue entry without content or recipient",
              "SELECT q.id, 'queue entry ' || q.id FROM queue_entry q LEFT JOIN content c ON c.id ="
                  + " q.content WHERE c.id IS NULL OR NOT EXISTS (SELECT 1 FROM queue_recipient r"
                  + " WHERE r.id / "
                  + QueueRows.NUMBERS
                  + " = q.id)",
              null,
              ""));

  private static final String NO_INBOX =
      "SELECT a.id, a.login FROM account a LEFT JOIN mailbox b ON b.account = a.id AND b.live_name"
          + " = 'INBOX' WHERE a.removed_at IS NULL AND b.id IS NULL";
  private static final String KEYWORD_GAPS =
      "SELECT mailbox, MAX(id) FROM keyword GROUP BY mailbox HAVING MAX(id) + 1 <> COUNT(*)";

  private TableRules() {}

  static void check(CheckRun run) {
    for (int i = 0; i < RULES.size(); i++) {
      Rule rule = RULES.get(i);
      run.listener().progress("rules", i, RULES.size());
      for (Broken broken : find(run, rule.violated)) {
        String repair = rule.repair;
        if (repair == null) {
          run.found(rule.invariant, broken.subject);
        } else {
          run.found(
              rule.invariant,
              broken.subject,
              tx -> {
                tx.execute(repair, broken.key);
                return rule.mended;
              });
        }
      }
    }
    for (Broken account : find(run, NO_INBOX)) {
      run.found("account without INBOX", account.subject, tx -> makeInbox(run, tx, account));
    }
    for (Broken mailbox : find(run, KEYWORD_GAPS)) {
      long id = (Long) mailbox.key;
      int last = Integer.parseInt(mailbox.subject);
      run.found(
          "keyword numbers with gaps",
          run.whereabouts().mailbox(id),
          tx -> nameKeywords(tx, new MailboxId(id), last));
    }
  }

  private static List<Broken> find(CheckRun run, String query) {
    return run.database()
        .read(connection -> {
          List<Broken> found = new ArrayList<>();
          try (PreparedStatement statement =
                  connection.prepareStatement(query + " LIMIT " + FOUND_MAX);
              ResultSet rs = statement.executeQuery()) {
            while (rs.next()) {
              found.add(new Broken(rs.getObject(1), String.valueOf(rs.getString(2))));
            }
          }
          return found;
        });
  }

  private static String makeInbox(CheckRun run, Transaction tx, Broken account)
      throws SQLException {
    AccountId id = new AccountId((Long) account.key);
    if (tx.mailbox(id, Mailboxes.INBOX) != null) {
      return "it is there by now";
    }
    long now = run.store().clock().millis();
    long uidValidity = tx.account(id).nextUidValidity(now);
    tx.settle();
    MailboxRows.insert(tx, tx.nextObjectId(), id, Mailboxes.INBOX, null, uidValidity, now);
    return "an empty one was made";
  }

  /**
   * Gives a name to the keywords up to {@code last} that have none: a name that is lost must not
   * make others stand for it.
   */
  static String nameKeywords(Transaction tx, MailboxId mailbox, int last) {
    int named = 0;
    for (int id = 0; id <= last; id++) {
      named +=
          tx.execute(
              "INSERT INTO keyword (mailbox, id, name) SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1"
                  + " FROM keyword WHERE mailbox = ? AND id = ?)",
              mailbox.value(),
              id,
              "lost-" + id,
              mailbox.value(),
              id);
    }
    tx.changed(mailbox);
    return named + " got a name of the form lost-N";
  }
}
