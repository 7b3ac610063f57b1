-- What happened to a recipient in the queue: attempts, and what administrators did. It stays when the recipient is gone,
-- for the retention of the audit log, whose numbers these are: both ascend with time.
-- no: the recipient's, -1 for all of the entry; attempt: its number, 0 for what was none;
-- audit: the row of audit that tells more, 0 when there is none
CREATE TABLE queue_event (
  id BIGINT PRIMARY KEY,
  entry BIGINT NOT NULL,
  no INT NOT NULL,
  attempt INT NOT NULL,
  at BIGINT NOT NULL,
  kind VARCHAR(32) NOT NULL,
  address VARCHAR(1000) NOT NULL,
  host VARCHAR(300) NOT NULL,
  tls VARCHAR(300) NOT NULL,
  reply VARCHAR(2000) NOT NULL,
  audit BIGINT NOT NULL
);
CREATE INDEX queue_event_entry ON queue_event (entry);

-- route: host:port by which it goes in place of the usual way; verdict: why it is to be given up at the next attempt
ALTER TABLE queue_recipient ADD COLUMN route VARCHAR(300);
ALTER TABLE queue_recipient ADD COLUMN verdict VARCHAR(300);

-- message_id: of what was accepted, without its angle brackets; looked for from row to row, since an index would cost every
-- delivery a place in a second tree
ALTER TABLE audit ADD COLUMN message_id VARCHAR(255);
