-- Pairs of groups that a person said are two people, the smaller number first: they are not asked about again.
CREATE TABLE face_apart (
  one INTEGER NOT NULL,
  other INTEGER NOT NULL,
  PRIMARY KEY (one, other)
) WITHOUT ROWID;
