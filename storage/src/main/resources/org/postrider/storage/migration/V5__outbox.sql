-- The copies that Outboxes show of what was queued. message: the copy, one for all entries of a message that was handed
-- in; it goes with the last of them
CREATE TABLE outbox (
  entry BIGINT PRIMARY KEY,
  message BIGINT NOT NULL
);
CREATE INDEX outbox_message ON outbox (message);

-- How long what the account hands in waits, so that it can be taken back; NULL for as long as anybody's
ALTER TABLE account ADD COLUMN hold_seconds INT;
