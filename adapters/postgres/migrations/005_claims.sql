-- Leases are judged by clock_timestamp() in the statement that acts, and a claim is compared by the statement that
-- writes: whoever was away for longer than its lease writes nothing.

-- Who may answer a token. Not columns of idempotency_keys: a claim is no record, and nothing that reads records may
-- meet one. The row of a finished execution stays, leased until its record expires: whoever begins while it is being
-- finished waits for this row, and finds it taken still.
CREATE TABLE idempotency_claims (
  token        text COLLATE "C" PRIMARY KEY,
  fingerprint  text COLLATE "C" NOT NULL,
  claim        text COLLATE "C" NOT NULL UNIQUE,
  leased_until timestamptz(6) NOT NULL,
  finished     boolean NOT NULL DEFAULT false
);

CREATE INDEX idempotency_claims_by_lease ON idempotency_claims (leased_until);

ALTER TABLE export_jobs
  ADD COLUMN failure_reason text,
  ADD COLUMN claim text COLLATE "C" UNIQUE,
  -- For people who look for a worker that stalls.
  ADD COLUMN claimed_by text,
  ADD COLUMN lease_ms bigint CHECK (lease_ms > 0),
  -- NULL: no worker has claimed it, `transition` moves it alone.
  ADD COLUMN leased_until timestamptz(6);

CREATE INDEX export_jobs_to_do ON export_jobs (requested_at, id) WHERE status IN ('pending', 'processing');
