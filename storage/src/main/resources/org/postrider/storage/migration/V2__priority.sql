-- What is more urgent is leased first: -9 to 9 (RFC 6710).
ALTER TABLE queue_recipient ADD COLUMN priority INT DEFAULT 0 NOT NULL;
CREATE INDEX queue_recipient_order ON queue_recipient (state, priority, next_attempt);
