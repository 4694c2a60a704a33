"""A real daemon, its model server, its ExifTool, its disks and its clock, failing one after the other over a library of
photos; at the end every photo is held against a ledger that was written before."""
