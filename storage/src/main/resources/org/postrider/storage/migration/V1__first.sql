-- Times are epoch milliseconds. Where a row is found by two numbers on a hot path, both are packed into one BIGINT
-- key, since H2 stores rows in the order of such a key (a composite key would be a second tree):
--   message.id, expunged.id = mailbox * 2^32 + uid        piece.id = content * 2^16 + number of the piece

CREATE SEQUENCE object_seq START WITH 1 INCREMENT BY 50 CACHE 1;
CREATE SEQUENCE content_seq START WITH 1 INCREMENT BY 1000 CACHE 1;
CREATE SEQUENCE audit_seq START WITH 1 INCREMENT BY 1000 CACHE 1;

-- One row. orderly: whether the store was closed in order after it was last open
CREATE TABLE store_end (
  orderly BOOLEAN NOT NULL
);
INSERT INTO store_end VALUES (TRUE);

CREATE TABLE domain (
  name VARCHAR(255) PRIMARY KEY,
  created BIGINT NOT NULL
);

-- last_uidvalidity: the last UIDVALIDITY given out;
-- removed_at: set when the account was removed and its mail waits for the end of the retention
CREATE TABLE account (
  id BIGINT PRIMARY KEY,
  login VARCHAR(320) NOT NULL,
  credential VARCHAR(4000),
  enabled BOOLEAN NOT NULL,
  quota_bytes BIGINT NOT NULL,
  quota_messages BIGINT NOT NULL,
  last_uidvalidity BIGINT NOT NULL,
  created BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX account_removed ON account (removed_at);

CREATE TABLE address (
  address VARCHAR(320) PRIMARY KEY,
  account BIGINT NOT NULL,
  no INT NOT NULL
);
CREATE INDEX address_account ON address (account, no);

CREATE TABLE alias (
  address VARCHAR(320) PRIMARY KEY,
  created BIGINT NOT NULL
);

CREATE TABLE alias_target (
  alias VARCHAR(320) NOT NULL,
  no INT NOT NULL,
  target VARCHAR(320) NOT NULL,
  PRIMARY KEY (alias, no)
);

-- live_name: the name while the mailbox lives, NULL once it was deleted, so that the name is free again
CREATE TABLE mailbox (
  id BIGINT PRIMARY KEY,
  account BIGINT NOT NULL,
  name VARCHAR(1000) NOT NULL,
  live_name VARCHAR(1000),
  special_use VARCHAR(16),
  uidvalidity BIGINT NOT NULL,
  created BIGINT NOT NULL,
  deleted_at BIGINT,
  CONSTRAINT mailbox_live_name UNIQUE (account, live_name)
);
CREATE INDEX mailbox_deleted ON mailbox (deleted_at);

-- What changes with every message, apart and without a second index: H2 writes an updated row anew in each of its
-- table's indexes. What an account uses of its quota is the sum over its live mailboxes.
CREATE TABLE mailbox_state (
  mailbox BIGINT PRIMARY KEY,
  uidnext BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  messages BIGINT NOT NULL,
  unseen BIGINT NOT NULL,
  deleted BIGINT NOT NULL,
  size BIGINT NOT NULL
);

CREATE TABLE keyword (
  mailbox BIGINT NOT NULL,
  id INT NOT NULL,
  name VARCHAR(1000) NOT NULL,
  PRIMARY KEY (mailbox, id)
);

-- flags: bits of SystemFlag; keywords: a bit set of keyword.id, NULL when there are none
CREATE TABLE message (
  id BIGINT PRIMARY KEY,
  mailbox BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  flags INT NOT NULL,
  keywords ${keyword_bits},
  internal_date BIGINT NOT NULL,
  save_date BIGINT NOT NULL,
  size BIGINT NOT NULL,
  content BIGINT NOT NULL
);
CREATE INDEX message_modseq ON message (mailbox, modseq);

-- content: the content while the message can be restored, then NULL; held_since: expunged_at as long as it is held.
-- The row itself stays: QRESYNC asks which UIDs vanished since a MODSEQ.
CREATE TABLE expunged (
  id BIGINT PRIMARY KEY,
  mailbox BIGINT NOT NULL,
  modseq BIGINT NOT NULL,
  flags INT NOT NULL,
  keywords ${keyword_bits},
  internal_date BIGINT NOT NULL,
  save_date BIGINT NOT NULL,
  size BIGINT NOT NULL,
  content BIGINT,
  expunged_at BIGINT NOT NULL,
  held_since BIGINT,
  protocol VARCHAR(16) NOT NULL
);
CREATE INDEX expunged_modseq ON expunged (mailbox, modseq);
CREATE INDEX expunged_held ON expunged (held_since);

-- refs: rows of message, expunged (while held) and queue_entry that point here
-- first_piece: octets of piece 0, which ends with the header; the pieces after it have 65,536 octets but the last
CREATE TABLE content (
  id BIGINT PRIMARY KEY,
  sha256 ${sha256} NOT NULL,
  size BIGINT NOT NULL,
  header_size BIGINT NOT NULL,
  first_piece INT NOT NULL,
  created BIGINT NOT NULL,
  refs BIGINT NOT NULL,
  digest ${digest} NOT NULL
);

CREATE TABLE piece (
  id BIGINT PRIMARY KEY,
  bytes ${piece} NOT NULL
);

-- Contents that nothing refers to: stages under way or abandoned, and those whose last reference went.
CREATE TABLE unreferenced (
  content BIGINT PRIMARY KEY,
  since BIGINT NOT NULL
);

-- Contents whose bytes the disk does not give back as they came; perhaps of ids that have no row any more.
CREATE TABLE quarantine (
  content BIGINT PRIMARY KEY,
  found_at BIGINT NOT NULL,
  why VARCHAR(200) NOT NULL
);

-- One row. How far the slow check of all contents is: the last content it read, when it began, and what it read since;
-- rewriting: whether sparse parts of the file are just brought together
CREATE TABLE housekeeping (
  position BIGINT NOT NULL,
  began BIGINT NOT NULL,
  contents BIGINT NOT NULL,
  octets BIGINT NOT NULL,
  finished BIGINT NOT NULL,
  rewriting BOOLEAN NOT NULL
);
INSERT INTO housekeeping VALUES (0, 0, 0, 0, 0, FALSE);

CREATE TABLE subscription (
  account BIGINT NOT NULL,
  name VARCHAR(1000) NOT NULL,
  PRIMARY KEY (account, name)
);

-- mailbox: 0 for an annotation of the account
CREATE TABLE annotation (
  account BIGINT NOT NULL,
  mailbox BIGINT NOT NULL,
  entry VARCHAR(1000) NOT NULL,
  content ${piece} NOT NULL,
  PRIMARY KEY (account, mailbox, entry)
);

CREATE TABLE queue_entry (
  id BIGINT PRIMARY KEY,
  content BIGINT NOT NULL,
  reverse_path VARCHAR(1000) NOT NULL,
  options VARCHAR(1000) NOT NULL,
  size BIGINT NOT NULL,
  created BIGINT NOT NULL,
  session VARCHAR(100) NOT NULL,
  account BIGINT
);

-- domain: of the address, lower case; options: parameters of RCPT (NOTIFY, ORCPT); delay_told: whether the sender was
-- told that it waits; state LEASED: somebody tries until lease_until, which then is next_attempt too
CREATE TABLE queue_recipient (
  entry BIGINT NOT NULL,
  no INT NOT NULL,
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
  PRIMARY KEY (entry, no)
);
CREATE INDEX queue_recipient_due ON queue_recipient (state, next_attempt);

CREATE TABLE script (
  account BIGINT NOT NULL,
  name VARCHAR(512) NOT NULL,
  content ${piece} NOT NULL,
  active BOOLEAN NOT NULL,
  PRIMARY KEY (account, name)
);

CREATE TABLE audit (
  id BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  kind VARCHAR(32) NOT NULL,
  session VARCHAR(100) NOT NULL,
  account BIGINT,
  subject VARCHAR(2000) NOT NULL
);
