-- What a later version might do: a column with a value for every row, and a table.
ALTER TABLE account ADD COLUMN note VARCHAR(100) DEFAULT '' NOT NULL;
UPDATE account SET note = login;
CREATE TABLE vacation (
  account BIGINT PRIMARY KEY,
  since BIGINT NOT NULL
);
