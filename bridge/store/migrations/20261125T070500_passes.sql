CREATE TABLE passes (
  id INTEGER PRIMARY KEY,
  folder BLOB NOT NULL,
  recursive INTEGER NOT NULL,
  want TEXT NOT NULL,
  settings TEXT NOT NULL,
  started REAL NOT NULL,
  UNIQUE (folder, recursive, want, settings)
);

CREATE TABLE pass_jobs (
  pass INTEGER NOT NULL REFERENCES passes (id) ON DELETE CASCADE,
  job TEXT NOT NULL,
  made REAL NOT NULL,
  PRIMARY KEY (pass, job)
) WITHOUT ROWID;
CREATE INDEX pass_jobs_by_job ON pass_jobs (job);
