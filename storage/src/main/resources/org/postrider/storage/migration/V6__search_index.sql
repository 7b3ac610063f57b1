-- One row. token: says which index of the contents' text belongs to this store, 0 when there was none yet;
-- generation: rises with each commit of that index, before it, so that an index that knows more than the store is found out
CREATE TABLE search_index (
  token BIGINT NOT NULL,
  generation BIGINT NOT NULL
);
INSERT INTO search_index VALUES (0, 0);
