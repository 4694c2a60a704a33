CREATE TABLE benches (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  digest TEXT NOT NULL,
  told TEXT NOT NULL,
  made REAL NOT NULL
);
CREATE INDEX benches_by_model ON benches (model, id);
