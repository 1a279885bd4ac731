-- Who may write. Nothing looks at it before an epoch is first set: only then triggers are put on the tables of records,
-- so that a storage that never moves pays nothing.

CREATE TABLE authority (
  -- One row, and it stays.
  is_one          boolean PRIMARY KEY DEFAULT true CHECK (is_one),
  epoch           bigint NOT NULL CHECK (epoch >= 0),
  decides         boolean NOT NULL,
  admits_unmarked boolean NOT NULL
);

INSERT INTO authority (epoch, decides, admits_unmarked) VALUES (0, true, true);

-- Refuses whoever is not accepted. A writer is named '7:deciding' or '7:copying'; '' knows of no epoch. Whoever was
-- accepted holds the shared lock until its transaction has ended, and whoever sets the state waits for all of them.
CREATE FUNCTION judge_writer(writer text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  state authority%ROWTYPE;
  is_accepted boolean;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended(current_schema()::text COLLATE "C", 2));
  -- Behind the lock, and of a snapshot of its own: what was set before is seen.
  IF current_setting('transaction_isolation') LIKE 'read %' THEN
    SELECT * INTO state FROM authority;
  ELSE
    -- The snapshot may be older than the lock. If the row was changed since, this is a serialization failure.
    SELECT * INTO state FROM authority FOR SHARE;
  END IF;
  is_accepted := state.epoch = 0 OR CASE
    WHEN writer = '' THEN state.decides AND state.admits_unmarked
    ELSE writer = state.epoch || CASE WHEN state.decides THEN ':deciding' ELSE ':copying' END
  END;
  IF is_accepted THEN
    RETURN;
  END IF;
  RAISE EXCEPTION 'the storage does not accept the writer "%"', writer USING
    ERRCODE = 'LS001',
    DETAIL = json_build_object('epoch', state.epoch, 'decides', state.decides,
      'admitsUnmarked', state.admits_unmarked);
END
$$;

-- From now until the end of the transaction everything is written for this writer.
CREATE FUNCTION write_as(writer text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('lockstep.writer', writer, true);
  PERFORM judge_writer(writer);
END
$$;

CREATE FUNCTION fence_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM judge_writer(coalesce(current_setting('lockstep.writer', true), ''));
  RETURN NULL;
END
$$;

-- Compares and sets, when every writer that was accepted has ended. Answers with what is stored then.
CREATE FUNCTION set_authority(expected authority, next authority, OUT changed boolean, OUT state authority)
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(current_schema()::text COLLATE "C", 2));
  UPDATE authority AS stored
    SET epoch = next.epoch, decides = next.decides, admits_unmarked = next.admits_unmarked
    WHERE (stored.epoch, stored.decides, stored.admits_unmarked)
      = (expected.epoch, expected.decides, expected.admits_unmarked);
  changed := FOUND;
  SELECT * INTO state FROM authority;
END
$$;

-- The history can be removed for the sake of a copy alone.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('lockstep.removes', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE FUNCTION remove_record(writer text, kind text, name text) RETURNS boolean LANGUAGE plpgsql
SET lockstep.removes = 'on' AS $$
BEGIN
  PERFORM write_as(writer);
  CASE kind
    WHEN 'streams' THEN DELETE FROM streams WHERE id = name;
    WHEN 'users' THEN DELETE FROM users WHERE wallet_address = name;
    WHEN 'activity' THEN DELETE FROM activity_events WHERE id = name;
    WHEN 'idempotency' THEN DELETE FROM idempotency_keys WHERE token = name;
    WHEN 'jobs' THEN DELETE FROM export_jobs WHERE id = name;
    WHEN 'audit' THEN DELETE FROM export_audit_records WHERE id = name;
  END CASE;
  RETURN FOUND;
END
$$;

-- Connections have no search_path of this schema, and these name none.
DO $$
DECLARE
  function regprocedure;
BEGIN
  FOREACH function IN ARRAY ARRAY['judge_writer(text)', 'write_as(text)', 'fence_writer()',
    'set_authority(authority, authority)', 'remove_record(text, text, text)']::regprocedure[]
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_catalog, pg_temp', function, current_schema());
  END LOOP;
END
$$;
