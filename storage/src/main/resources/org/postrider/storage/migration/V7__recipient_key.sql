-- One number in place of entry and no, and one index in place of three trees: what is queued and brought out at once
-- costs half. id: entry * 1,048,576 + no, the number of the recipient within its entry; else as before.
CREATE TABLE recipient_by_key (
  id BIGINT PRIMARY KEY,
  address VARCHAR(1000) NOT NULL,
  domain VARCHAR(255) NOT NULL,
  options VARCHAR(1000) NOT NULL,
  state VARCHAR(16) NOT NULL,
  attempts INT NOT NULL,
  next_attempt BIGINT NOT NULL,
  lease_owner VARCHAR(100),
  lease_until BIGINT,
  last_reply VARCHAR(2000) NOT NULL,
  delay_told BOOLEAN NOT NULL,
  priority INT DEFAULT 0 NOT NULL,
  route VARCHAR(300),
  verdict VARCHAR(300)
);
INSERT INTO recipient_by_key (id, address, domain, options, state, attempts, next_attempt, lease_owner, lease_until,
    last_reply, delay_told, priority, route, verdict)
  SELECT entry * 1048576 + no, address, domain, options, state, attempts, next_attempt, lease_owner, lease_until,
    last_reply, delay_told, priority, route, verdict FROM queue_recipient;
DROP TABLE queue_recipient;
ALTER TABLE recipient_by_key RENAME TO queue_recipient;
CREATE INDEX queue_recipient_order ON queue_recipient (state, priority, next_attempt);
