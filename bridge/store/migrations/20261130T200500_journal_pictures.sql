-- Which picture a write was about: names come again, on every card of a camera. The first bytes of the hash of its data;
-- NULL where that is not known, and then an undo goes by the path alone, as it always did.
ALTER TABLE journal ADD COLUMN picture BLOB;

-- What a run claims of a photo's files is known by the hash under which the photo was written there. It could be that of
-- a rendered picture that a host had sent.
UPDATE claim_writes SET data_hash = w.data_hash FROM claim_spots s, written w
  WHERE s.id = claim_writes.spot AND s.host = '' AND w.path = s.photo AND w.job = claim_writes.job
    AND w.data_hash != claim_writes.data_hash;
