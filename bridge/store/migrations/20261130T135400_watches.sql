-- Folders that are watched, and what of each photo in them was dealt with.
CREATE TABLE watches (
  id INTEGER PRIMARY KEY,
  folder BLOB NOT NULL UNIQUE,
  recursive INTEGER NOT NULL,
  exclude TEXT NOT NULL,
  poll INTEGER NOT NULL,
  request TEXT NOT NULL,
  why TEXT,
  device TEXT NOT NULL,
  created REAL NOT NULL
);
CREATE TABLE watch_photos (
  watch INTEGER NOT NULL REFERENCES watches (id) ON DELETE CASCADE,
  path BLOB NOT NULL,
  stamp TEXT NOT NULL,
  picture TEXT NOT NULL,
  batch INTEGER,
  PRIMARY KEY (watch, path)
) WITHOUT ROWID;
CREATE TABLE watch_batches (
  id INTEGER PRIMARY KEY,
  watch INTEGER NOT NULL REFERENCES watches (id) ON DELETE CASCADE,
  session TEXT NOT NULL,
  job TEXT,
  photos INTEGER NOT NULL,
  made REAL NOT NULL
);
CREATE INDEX watch_batches_by_watch ON watch_batches (watch, id);
