-- Items that are being worked on, and how often the daemon broke down over them.
CREATE TABLE under_way (
  item INTEGER PRIMARY KEY REFERENCES items (id) ON DELETE CASCADE,
  begun INTEGER NOT NULL,
  crashes INTEGER NOT NULL DEFAULT 0
);
