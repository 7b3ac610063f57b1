-- What makes an alias a mailing list. owner: who hears of failures, NULL for owner-NAME where there is such an address;
-- posting: who may write to it
ALTER TABLE alias ADD COLUMN owner VARCHAR(320);
ALTER TABLE alias ADD COLUMN posting VARCHAR(16) DEFAULT 'ANYONE' NOT NULL;
