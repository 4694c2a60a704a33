CREATE TABLE measured (
  id INTEGER PRIMARY KEY,
  picture BLOB NOT NULL UNIQUE,
  version TEXT NOT NULL,
  measures TEXT NOT NULL,
  likeness BLOB NOT NULL
);

CREATE TABLE culls (
  item INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
  picture BLOB NOT NULL,
  shot TEXT NOT NULL,
  voice TEXT,
  pick INTEGER,
  score REAL,
  reasons TEXT,
  moment INTEGER,
  rank INTEGER,
  kind TEXT
);
CREATE INDEX culls_by_picture ON culls (picture);

CREATE TABLE voices (
  picture BLOB NOT NULL,
  model TEXT NOT NULL,
  voice TEXT NOT NULL,
  PRIMARY KEY (picture, model)
) WITHOUT ROWID;

CREATE TABLE cull_limits (
  id INTEGER PRIMARY KEY,
  limits TEXT NOT NULL,
  told TEXT NOT NULL,
  made REAL NOT NULL,
  taken_back REAL
);
