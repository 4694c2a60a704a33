CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  request TEXT NOT NULL,
  session TEXT,
  model TEXT,
  error TEXT,
  created REAL NOT NULL,
  updated REAL NOT NULL,
  ended INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_session ON jobs (session) WHERE session IS NOT NULL;

CREATE TABLE items (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  path BLOB NOT NULL,
  pixels BLOB,
  stage TEXT NOT NULL DEFAULT 'waiting',
  answer_key TEXT,
  plan TEXT,
  result TEXT,
  finished INTEGER
);
CREATE UNIQUE INDEX items_by_path ON items (job, path);
CREATE INDEX items_by_stage ON items (job, stage);
CREATE INDEX items_by_finish ON items (job, finished) WHERE finished IS NOT NULL;

CREATE TABLE answers (
  key TEXT PRIMARY KEY,
  model TEXT NOT NULL,
  answer TEXT NOT NULL,
  created REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE written (
  id INTEGER PRIMARY KEY,
  path BLOB NOT NULL,
  job TEXT NOT NULL,
  data_hash TEXT NOT NULL,
  written TEXT NOT NULL,
  UNIQUE (path, job)
);
CREATE INDEX written_by_hash ON written (data_hash);

CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL,
  item INTEGER NOT NULL,
  photo BLOB NOT NULL,
  target BLOB NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  before BLOB NOT NULL,
  before_print TEXT,
  after_digest TEXT,
  after_print TEXT,
  changes TEXT NOT NULL,
  temporary BLOB,
  created REAL NOT NULL
);
CREATE INDEX journal_by_job ON journal (job, photo);
CREATE INDEX journal_by_target ON journal (target);
CREATE INDEX journal_open ON journal (id) WHERE state = 'intent';
