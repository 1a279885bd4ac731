-- The lock of a stream where the option `lock` is 'lease'. Leases are judged by clock_timestamp() in the statement that
-- acts. A row is never deleted: the next fence is one more than the last, whoever had it and however it ended.
CREATE TABLE leases (
  stream_id  text COLLATE "C" PRIMARY KEY,
  -- One acquisition. NULL: the stream is free.
  owner      uuid,
  fence      bigint NOT NULL,
  expires_at timestamptz(6),
  CHECK ((owner IS NULL) = (expires_at IS NULL))
);

-- Who waits for a lease, first come first served. Whoever has stopped looking, since it died, is passed over.
CREATE TABLE lease_waiters (
  stream_id   text COLLATE "C" NOT NULL,
  owner       uuid NOT NULL,
  waits_since timestamptz(6) NOT NULL,
  waits_until timestamptz(6) NOT NULL,
  PRIMARY KEY (stream_id, owner)
);
