-- How far a run is, and what is left of it, without going through its photos: both are asked after each of them.
CREATE TABLE job_stages (
  job TEXT NOT NULL,
  stage TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (job, stage)
) WITHOUT ROWID;
INSERT INTO job_stages SELECT job, stage, COUNT(*) FROM items GROUP BY job, stage;

CREATE TRIGGER items_added AFTER INSERT ON items BEGIN
  INSERT INTO job_stages VALUES (new.job, new.stage, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER items_moved AFTER UPDATE OF stage ON items WHEN old.stage != new.stage BEGIN
  UPDATE job_stages SET n = n - 1 WHERE job = old.job AND stage = old.stage;
  INSERT INTO job_stages VALUES (new.job, new.stage, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER items_gone AFTER DELETE ON items BEGIN
  UPDATE job_stages SET n = n - 1 WHERE job = old.job AND stage = old.stage;
END;
CREATE TRIGGER jobs_gone AFTER DELETE ON jobs BEGIN
  DELETE FROM job_stages WHERE job = old.id;
END;

CREATE INDEX items_left ON items (job, id) WHERE stage NOT IN ('done', 'skipped', 'failed', 'cancelled');
