CREATE TABLE keyword_lists (
  hash TEXT PRIMARY KEY,
  format TEXT NOT NULL,
  text TEXT NOT NULL,
  version TEXT NOT NULL,
  terms INTEGER NOT NULL,
  used REAL NOT NULL
);

CREATE TABLE vocabularies (
  folded TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  list TEXT NOT NULL REFERENCES keyword_lists (hash),
  active INTEGER NOT NULL DEFAULT 0,
  stored REAL NOT NULL
) WITHOUT ROWID;
