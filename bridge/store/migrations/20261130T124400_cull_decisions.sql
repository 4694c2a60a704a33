-- What a person says of the photos of a culling run: every decision stays, and the last that stands counts. ``picture``
-- is what the photo showed then. A run that flags photos has what it writes with each of them, from its beginning on.
CREATE TABLE cull_decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  made REAL NOT NULL,
  undone REAL
);
CREATE INDEX cull_decisions_by_job ON cull_decisions (job);

CREATE TABLE cull_picks (
  item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
  decision INTEGER NOT NULL REFERENCES cull_decisions (id) ON DELETE CASCADE,
  picture BLOB NOT NULL,
  pick INTEGER,
  PRIMARY KEY (item, decision)
) WITHOUT ROWID;
CREATE INDEX cull_picks_by_decision ON cull_picks (decision);

ALTER TABLE items ADD COLUMN pick INTEGER;
UPDATE items SET pick = (
  SELECT c.pick FROM culls c JOIN items o ON o.id = c.item JOIN jobs f ON f.id = items.job
  WHERE o.job = json_extract(f.request, '$.cull') AND o.path = items.path AND o.host_id = items.host_id
) WHERE job IN (SELECT id FROM jobs WHERE kind = 'flag');
