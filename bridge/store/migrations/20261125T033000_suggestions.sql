CREATE TABLE suggestions (
  vocabulary TEXT NOT NULL,
  folded TEXT NOT NULL,
  word TEXT NOT NULL,
  item INTEGER NOT NULL,
  said REAL NOT NULL,
  PRIMARY KEY (vocabulary, folded, item)
) WITHOUT ROWID;

CREATE TABLE decisions (
  folded TEXT PRIMARY KEY,
  decision TEXT NOT NULL,
  made REAL NOT NULL
) WITHOUT ROWID;
