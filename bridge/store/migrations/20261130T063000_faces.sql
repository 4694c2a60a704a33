-- Faces that were found, and who they are. A picture's faces are kept under the hash of its pixels, so that copies and
-- moved files have the same; crops are what vectors of another model are made from.
CREATE TABLE face_pictures (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  orientation INTEGER NOT NULL,
  looked REAL NOT NULL
);

CREATE TABLE face_photos (
  path BLOB PRIMARY KEY,
  picture INTEGER NOT NULL,
  stamp TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX face_photos_by_picture ON face_photos (picture);

CREATE TABLE faces (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  picture INTEGER NOT NULL,
  place TEXT NOT NULL,
  points TEXT NOT NULL,
  score REAL NOT NULL,
  worth REAL NOT NULL,
  crop BLOB NOT NULL,
  grp INTEGER,
  seed TEXT NOT NULL DEFAULT '',
  never INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX faces_by_picture ON faces (picture);
CREATE INDEX faces_by_group ON faces (grp);

CREATE TABLE face_spaces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  options TEXT NOT NULL,
  UNIQUE (name, digest, options)
);

CREATE TABLE face_vectors (
  space INTEGER NOT NULL,
  face INTEGER NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (space, face)
) WITHOUT ROWID;

CREATE TABLE face_groups (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL DEFAULT '',
  folded TEXT NOT NULL DEFAULT '',
  merged INTEGER
);
CREATE INDEX face_groups_by_name ON face_groups (folded) WHERE folded != '';

CREATE TABLE face_refusals (
  face INTEGER NOT NULL,
  grp INTEGER NOT NULL,
  PRIMARY KEY (face, grp)
) WITHOUT ROWID;

CREATE TABLE face_regions (
  id INTEGER PRIMARY KEY,
  picture INTEGER NOT NULL,
  job TEXT NOT NULL,
  entry TEXT NOT NULL,
  added INTEGER NOT NULL,
  UNIQUE (picture, job, entry, added)
);

CREATE TABLE face_actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  told TEXT NOT NULL,
  changes TEXT NOT NULL,
  done REAL NOT NULL,
  undone REAL
);
