CREATE TABLE audits (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL,
  photos INTEGER NOT NULL,
  made REAL NOT NULL
);

CREATE TABLE audit_photos (
  audit TEXT NOT NULL REFERENCES audits (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,
  path BLOB NOT NULL,
  stratum TEXT NOT NULL,
  PRIMARY KEY (audit, place)
) WITHOUT ROWID;

CREATE TABLE audit_runs (
  audit TEXT NOT NULL REFERENCES audits (id) ON DELETE CASCADE,
  model TEXT NOT NULL,
  job TEXT NOT NULL,
  PRIMARY KEY (audit, model)
);

CREATE TABLE audit_verdicts (
  audit TEXT NOT NULL REFERENCES audits (id) ON DELETE CASCADE,
  path BLOB NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  verdict INTEGER NOT NULL,
  made REAL NOT NULL,
  PRIMARY KEY (audit, path, kind, value)
) WITHOUT ROWID;
