-- What search knows of every photo. The facts that a filter asks for are apart from the texts, so that going through
-- all of them reads little; both indexes over them hold every fact, so that no filter goes back and forth.
CREATE TABLE library_folders (
  id INTEGER PRIMARY KEY,
  path BLOB NOT NULL UNIQUE
);

CREATE TABLE library_pictures (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE
);

CREATE TABLE library_names (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  folded TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (kind, folded)
);

CREATE TABLE library (
  id INTEGER PRIMARY KEY,
  folder INTEGER NOT NULL,
  name BLOB NOT NULL,
  picture INTEGER NOT NULL,
  data_hash TEXT NOT NULL,
  orientation INTEGER NOT NULL,
  stamp TEXT NOT NULL,
  seen REAL NOT NULL,
  keywords TEXT NOT NULL,
  title TEXT NOT NULL,
  caption TEXT NOT NULL,
  called TEXT NOT NULL,
  words TEXT NOT NULL,
  UNIQUE (folder, name)
);

CREATE TABLE library_facts (
  photo INTEGER PRIMARY KEY,
  folder INTEGER NOT NULL,
  picture INTEGER NOT NULL,
  presence INTEGER NOT NULL,
  day INTEGER,
  camera INTEGER,
  lens INTEGER,
  rating INTEGER,
  pick INTEGER,
  label INTEGER,
  category INTEGER,
  light INTEGER,
  season INTEGER,
  people INTEGER
);
CREATE INDEX library_facts_by_day ON library_facts
  (day, folder, picture, presence, camera, lens, rating, pick, label, category, light, season, people);
CREATE INDEX library_facts_by_folder ON library_facts
  (folder, day, picture, presence, camera, lens, rating, pick, label, category, light, season, people);
CREATE INDEX library_facts_by_picture ON library_facts (picture);
CREATE INDEX library_facts_gone ON library_facts (presence) WHERE presence > 0;

CREATE TABLE library_keywords (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE
);

CREATE TABLE library_keyword_parts (
  folded TEXT NOT NULL,
  keyword INTEGER NOT NULL,
  PRIMARY KEY (folded, keyword)
) WITHOUT ROWID;

CREATE TABLE library_keyworded (
  keyword INTEGER NOT NULL,
  photo INTEGER NOT NULL,
  PRIMARY KEY (keyword, photo)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE library_text USING fts5 (
  keywords, title, caption, called, words,
  content = 'library', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
);
INSERT INTO library_text (library_text, rank) VALUES ('rank', 'bm25(4.0, 3.0, 2.0, 1.0, 1.0)');

CREATE TRIGGER library_text_added AFTER INSERT ON library BEGIN
  INSERT INTO library_text (rowid, keywords, title, caption, called, words)
  VALUES (new.id, new.keywords, new.title, new.caption, new.called, new.words);
END;
CREATE TRIGGER library_text_gone AFTER DELETE ON library BEGIN
  INSERT INTO library_text (library_text, rowid, keywords, title, caption, called, words)
  VALUES ('delete', old.id, old.keywords, old.title, old.caption, old.called, old.words);
END;
CREATE TRIGGER library_text_changed AFTER UPDATE OF keywords, title, caption, called, words ON library
WHEN (old.keywords, old.title, old.caption, old.called, old.words)
  IS NOT (new.keywords, new.title, new.caption, new.called, new.words)
BEGIN
  INSERT INTO library_text (library_text, rowid, keywords, title, caption, called, words)
  VALUES ('delete', old.id, old.keywords, old.title, old.caption, old.called, old.words);
  INSERT INTO library_text (rowid, keywords, title, caption, called, words)
  VALUES (new.id, new.keywords, new.title, new.caption, new.called, new.words);
END;

CREATE TABLE spaces (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  options TEXT NOT NULL,
  dimensions INTEGER NOT NULL,
  generation INTEGER NOT NULL DEFAULT 0,
  created REAL NOT NULL,
  UNIQUE (name, digest, options)
);

CREATE TABLE vectors (
  space INTEGER NOT NULL,
  picture INTEGER NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (space, picture)
) WITHOUT ROWID;
CREATE UNIQUE INDEX vectors_by_row ON vectors (space, row);
