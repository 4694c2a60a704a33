-- The drives and shares on which a run's photos lay when they were added to it: where one is not there, they wait.
CREATE TABLE job_volumes (
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  root BLOB NOT NULL,
  uuid TEXT NOT NULL,
  mounted INTEGER NOT NULL,
  PRIMARY KEY (job, root)
) WITHOUT ROWID;
