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

-- The key of the lock that a writer of this name shares from when it is judged until its transaction has ended. Whoever
-- sets a state that refuses it waits for all who share it.
CREATE FUNCTION writer_key(writer text) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT hashtextextended(current_schema() || ':' || writer COLLATE "C", 2)
$$;

-- The state, of a snapshot of its own: what was set before is seen.
CREATE FUNCTION current_authority() RETURNS authority LANGUAGE plpgsql AS $$
DECLARE
  state authority%ROWTYPE;
BEGIN
  IF current_setting('transaction_isolation') LIKE 'read %' THEN
    SELECT * INTO state FROM authority;
  ELSE
    -- The snapshot may be an old one. If the row was changed since, this is a serialization failure.
    SELECT * INTO state FROM authority FOR SHARE;
  END IF;
  RETURN state;
END
$$;

-- Refuses whoever is not accepted. A writer is named '7:deciding' or '7:copying'; '' knows of no epoch.
CREATE FUNCTION judge_writer(writer text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  state authority%ROWTYPE;
  is_accepted boolean;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(writer_key(writer));
  state := current_authority();
  IF state.epoch = 0 AND writer <> '' THEN
    -- In epoch 0 writers of every name are accepted, and nobody can wait for names that he does not know.
    PERFORM pg_advisory_xact_lock_shared(writer_key('0:*'));
    state := current_authority();
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

-- Compares and sets, when every writer of the names that are refused from then on has ended. Answers with what is stored
-- then.
CREATE FUNCTION set_authority(
  expected authority, next authority, refused text[], OUT changed boolean, OUT state authority
) LANGUAGE plpgsql AS $$
DECLARE
  writer text;
BEGIN
  FOREACH writer IN ARRAY refused LOOP
    PERFORM pg_advisory_xact_lock(writer_key(writer));
  END LOOP;
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

CREATE FUNCTION remove_record(writer text, kind text, name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  was_there boolean;
BEGIN
  PERFORM write_as(writer);
  -- Not by the function's own SET: that asks for a right that owners of a database lack.
  PERFORM set_config('lockstep.removes', 'on', true);
  CASE kind
    WHEN 'streams' THEN DELETE FROM streams WHERE id = name;
    WHEN 'users' THEN DELETE FROM users WHERE wallet_address = name;
    WHEN 'activity' THEN DELETE FROM activity_events WHERE id = name;
    WHEN 'idempotency' THEN DELETE FROM idempotency_keys WHERE token = name;
    WHEN 'jobs' THEN DELETE FROM export_jobs WHERE id = name;
    WHEN 'audit' THEN DELETE FROM export_audit_records WHERE id = name;
  END CASE;
  was_there := FOUND;
  PERFORM set_config('lockstep.removes', '', true);
  RETURN was_there;
END
$$;

-- Connections have no search_path of this schema, and these name none.
DO $$
DECLARE
  function regprocedure;
BEGIN
  FOREACH function IN ARRAY ARRAY['writer_key(text)', 'current_authority()', 'judge_writer(text)',
    'write_as(text)', 'fence_writer()', 'set_authority(authority, authority, text[])',
    'remove_record(text, text, text)']::regprocedure[]
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_catalog, pg_temp', function, current_schema());
  END LOOP;
END
$$;
