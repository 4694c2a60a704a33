ALTER TABLE items ADD COLUMN host_id TEXT NOT NULL DEFAULT '';
ALTER TABLE items ADD COLUMN known TEXT;
DROP INDEX items_by_path;
CREATE UNIQUE INDEX items_by_path ON items (job, path, host_id);
CREATE INDEX items_by_pixels ON items (pixels) WHERE pixels IS NOT NULL;

CREATE TABLE host_writes (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL,
  item INTEGER NOT NULL,
  host TEXT NOT NULL,
  photo BLOB NOT NULL,
  photo_id TEXT NOT NULL,
  place TEXT NOT NULL,
  state TEXT NOT NULL,
  operations TEXT NOT NULL,
  kept TEXT NOT NULL,
  base TEXT NOT NULL,
  written TEXT NOT NULL,
  undoes TEXT NOT NULL,
  applied TEXT NOT NULL DEFAULT '[]',
  created TEXT NOT NULL DEFAULT '[]',
  made REAL NOT NULL
);
CREATE INDEX host_writes_by_job ON host_writes (job, place);
CREATE INDEX host_writes_by_place ON host_writes (place, id);

CREATE TABLE trees (
  hash TEXT PRIMARY KEY,
  keywords TEXT NOT NULL,
  used REAL NOT NULL
) WITHOUT ROWID;
