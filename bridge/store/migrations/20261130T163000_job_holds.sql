-- What held a job back for a time (heat, quiet hours, a volume that was gone), and that a person let it go on anyway.
ALTER TABLE jobs ADD COLUMN anyway INTEGER NOT NULL DEFAULT 0;
CREATE TABLE job_holds (
  id INTEGER PRIMARY KEY,
  job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  since REAL NOT NULL,
  until REAL
);
CREATE INDEX job_holds_by_job ON job_holds (job, id);
CREATE INDEX job_holds_open ON job_holds (job, code) WHERE until IS NULL;
