-- Fails after its first definitions are committed.
ALTER TABLE account ADD COLUMN note VARCHAR(100) DEFAULT '' NOT NULL;
DELETE FROM message;
ALTER TABLE nowhere ADD COLUMN note INT;
