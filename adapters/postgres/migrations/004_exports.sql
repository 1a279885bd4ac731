CREATE TABLE export_jobs (
  id                           text COLLATE "C" PRIMARY KEY,
  owner_id                     text COLLATE "C" NOT NULL,
  status                       text COLLATE "C" NOT NULL
    CHECK (status IN ('pending', 'processing', 'ready', 'failed', 'expired')),
  requested_at                 timestamptz(6) NOT NULL,
  requested_at_digits          smallint,
  expires_at                   timestamptz(6) NOT NULL,
  expires_at_digits            smallint,
  signed_url                   text,
  signed_url_expires_at        timestamptz(6),
  signed_url_expires_at_digits smallint,
  file_name                    text NOT NULL,
  rows                         bigint NOT NULL DEFAULT 0 CHECK (rows >= 0),
  attempts                     bigint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  CHECK (status <> 'ready' OR (signed_url IS NOT NULL AND signed_url_expires_at IS NOT NULL)),
  CHECK (status <> 'expired' OR signed_url IS NULL)
);

CREATE INDEX export_jobs_by_owner ON export_jobs (owner_id, requested_at, id);

CREATE TABLE export_audit_records (
  id                 text COLLATE "C" PRIMARY KEY,
  -- No foreign key: deleting a job keeps its audit.
  export_id          text COLLATE "C" NOT NULL,
  type               text COLLATE "C" NOT NULL
    CHECK (type IN ('export.requested', 'export.downloaded', 'export.expired')),
  details            json,
  occurred_at        timestamptz(6) NOT NULL,
  occurred_at_digits smallint
);

CREATE INDEX export_audit_records_by_export ON export_audit_records (export_id, occurred_at, id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON export_audit_records
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
