ALTER TABLE items ADD COLUMN origin TEXT;
ALTER TABLE host_writes ADD COLUMN claims TEXT NOT NULL DEFAULT '[]';

CREATE TABLE provenance (
  id INTEGER PRIMARY KEY,
  place TEXT NOT NULL,
  photo BLOB NOT NULL,
  host TEXT NOT NULL,
  data_hash TEXT NOT NULL,
  job TEXT NOT NULL,
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  folded TEXT NOT NULL,
  added INTEGER NOT NULL,
  model TEXT NOT NULL,
  digest TEXT NOT NULL,
  options TEXT NOT NULL,
  score REAL,
  source TEXT NOT NULL,
  word TEXT,
  matched TEXT,
  before TEXT,
  approved TEXT NOT NULL,
  written REAL NOT NULL,
  state TEXT NOT NULL DEFAULT 'standing',
  ended_by TEXT,
  ended REAL,
  was TEXT,
  was_by TEXT,
  UNIQUE (place, job, field, folded)
);
CREATE INDEX provenance_by_model ON provenance (model, state);
CREATE INDEX provenance_by_hash ON provenance (data_hash);
CREATE INDEX provenance_by_photo ON provenance (photo);
CREATE INDEX provenance_by_end ON provenance (ended_by) WHERE ended_by IS NOT NULL;

CREATE TABLE rejections (
  folded TEXT NOT NULL,
  photo TEXT NOT NULL,
  word TEXT NOT NULL,
  noticed REAL NOT NULL,
  PRIMARY KEY (folded, photo)
) WITHOUT ROWID;

CREATE TABLE rules (
  folded TEXT PRIMARY KEY,
  word TEXT NOT NULL,
  state TEXT NOT NULL,
  photos INTEGER NOT NULL,
  decided REAL NOT NULL
) WITHOUT ROWID;
