-- Claims take a fifth of their room: what all claims of one run in one photo share stands once, and what all claims of a
-- run share stands once as well. ``provenance`` is what they were, to be read.
CREATE TABLE claim_spots (
  id INTEGER PRIMARY KEY,
  place TEXT NOT NULL UNIQUE,
  photo BLOB NOT NULL,
  host TEXT NOT NULL
);
CREATE INDEX claim_spots_by_photo ON claim_spots (photo);

CREATE TABLE claim_writes (
  id INTEGER PRIMARY KEY,
  spot INTEGER NOT NULL REFERENCES claim_spots (id),
  job TEXT NOT NULL,
  data_hash TEXT NOT NULL,
  written REAL NOT NULL,
  UNIQUE (spot, job)
);
CREATE INDEX claim_writes_by_hash ON claim_writes (data_hash);

CREATE TABLE claim_origins (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  digest TEXT NOT NULL,
  options TEXT NOT NULL,
  source TEXT NOT NULL,
  approved TEXT NOT NULL,
  UNIQUE (model, digest, options, source, approved)
);

-- No value: that by which it is compared. No time: that of its write.
CREATE TABLE claims (
  id INTEGER PRIMARY KEY,
  write INTEGER NOT NULL REFERENCES claim_writes (id),
  field TEXT NOT NULL,
  folded TEXT NOT NULL,
  value TEXT,
  added INTEGER NOT NULL,
  origin INTEGER NOT NULL REFERENCES claim_origins (id),
  score REAL,
  word TEXT,
  matched TEXT,
  before TEXT,
  written REAL,
  state TEXT NOT NULL DEFAULT 'standing',
  ended_by TEXT,
  ended REAL,
  was TEXT,
  was_by TEXT,
  UNIQUE (write, field, folded)
);

INSERT INTO claim_spots (place, photo, host)
  SELECT place, photo, host FROM provenance WHERE id IN (SELECT MAX(id) FROM provenance GROUP BY place) ORDER BY id;
INSERT INTO claim_writes (spot, job, data_hash, written)
  SELECT s.id, p.job, p.data_hash, p.written FROM provenance p JOIN claim_spots s ON s.place = p.place
  WHERE p.id IN (SELECT MAX(id) FROM provenance GROUP BY place, job) ORDER BY p.id;
INSERT INTO claim_origins (model, digest, options, source, approved)
  SELECT DISTINCT model, digest, options, source, approved FROM provenance;
INSERT INTO claims
  SELECT p.id, w.id, p.field, p.folded, NULLIF(p.value, p.folded), p.added, o.id, p.score, p.word, p.matched, p.before,
    NULLIF(p.written, w.written), p.state, p.ended_by, p.ended, p.was, p.was_by
  FROM provenance p
  JOIN claim_spots s ON s.place = p.place
  JOIN claim_writes w ON w.spot = s.id AND w.job = p.job
  JOIN claim_origins o
    ON (o.model, o.digest, o.options, o.source, o.approved) = (p.model, p.digest, p.options, p.source, p.approved);

DROP TABLE provenance;
CREATE INDEX claims_by_origin ON claims (origin);
CREATE INDEX claims_by_end ON claims (ended_by) WHERE ended_by IS NOT NULL;

CREATE VIEW provenance AS
  SELECT c.id AS id, s.place AS place, s.photo AS photo, s.host AS host, w.data_hash AS data_hash, w.job AS job,
    c.field AS field, COALESCE(c.value, c.folded) AS value, c.folded AS folded, c.added AS added, o.model AS model,
    o.digest AS digest, o.options AS options, c.score AS score, o.source AS source, c.word AS word,
    c.matched AS matched, c.before AS before, o.approved AS approved, COALESCE(c.written, w.written) AS written,
    c.state AS state, c.ended_by AS ended_by, c.ended AS ended, c.was AS was, c.was_by AS was_by
  FROM claims c
  JOIN claim_writes w ON w.id = c.write
  JOIN claim_spots s ON s.id = w.spot
  JOIN claim_origins o ON o.id = c.origin;
