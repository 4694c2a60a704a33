-- Edits of named keyword lists, each with what its text had before, so that it can be taken back; and what a person
-- decided on words that wait. From "start" on, "removed" stood where now so many characters stand that were added.
CREATE TABLE vocabulary_edits (
  id INTEGER PRIMARY KEY,
  vocabulary TEXT NOT NULL,
  kind TEXT NOT NULL,
  told TEXT NOT NULL,
  word TEXT,
  decision TEXT,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  format TEXT NOT NULL,
  version TEXT NOT NULL,
  terms INTEGER NOT NULL,
  start INTEGER NOT NULL,
  removed TEXT NOT NULL,
  added INTEGER NOT NULL,
  made REAL NOT NULL,
  undone REAL
);
CREATE INDEX vocabulary_edits_by_name ON vocabulary_edits (vocabulary, id);
