-- A number is never given twice, so that what a run has seen of them stays what it was.
CREATE TABLE review_actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  word TEXT,
  value TEXT,
  field TEXT,
  seen TEXT,
  whole INTEGER NOT NULL,
  photos INTEGER NOT NULL,
  rule TEXT,
  made REAL NOT NULL,
  undone INTEGER
);
CREATE INDEX review_actions_by_job ON review_actions (job, id);

CREATE TABLE review_items (
  action INTEGER NOT NULL REFERENCES review_actions (id) ON DELETE CASCADE,
  item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  PRIMARY KEY (action, item)
) WITHOUT ROWID;
CREATE INDEX review_items_by_item ON review_items (item);

CREATE INDEX written_by_job ON written (job);
