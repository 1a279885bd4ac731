CREATE TABLE activity_events (
  id                 text COLLATE "C" PRIMARY KEY,
  type               text COLLATE "C" NOT NULL,
  -- No foreign key: the history outlives its stream.
  stream_id          text COLLATE "C",
  description        text NOT NULL,
  details            json,
  occurred_at        timestamptz(6) NOT NULL,
  occurred_at_digits smallint
);

CREATE INDEX activity_events_by_stream ON activity_events (stream_id, occurred_at, id);
CREATE INDEX activity_events_by_type ON activity_events (type, occurred_at, id);
CREATE INDEX activity_events_by_time ON activity_events (occurred_at, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON activity_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
