-- Ids are ordered by their bytes (COLLATE "C"), whatever the database's collation: cursors depend on it.
-- Times have the precision of the database, microseconds. A column *_digits holds how many fractional digits
-- the caller gave, so that the same text comes back; NULL: the database stamped the time, with six.
-- Amounts are exact; numeric would also take NaN, which compares as larger than everything.
-- JSON is kept as json, which stores its text: jsonb would turn 1e2 into 100 and -0 into 0.

CREATE TABLE users (
  wallet_address    text COLLATE "C" PRIMARY KEY,
  display_name      text,
  email             text,
  created_at        timestamptz(6) NOT NULL,
  created_at_digits smallint,
  updated_at        timestamptz(6) NOT NULL,
  updated_at_digits smallint
);

CREATE TABLE streams (
  id                 text COLLATE "C" PRIMARY KEY,
  recipient          text NOT NULL,
  rate               numeric(38, 0) NOT NULL CHECK (rate >= 0 AND rate <> 'NaN'),
  schedule           text NOT NULL,
  status             text COLLATE "C" NOT NULL
    CHECK (status IN ('draft', 'active', 'paused', 'ended', 'withdrawn', 'cancelled')),
  token              text NOT NULL,
  total_amount       numeric(38, 0) NOT NULL CHECK (total_amount >= 0 AND total_amount <> 'NaN'),
  released_amount    numeric(38, 0) NOT NULL CHECK (released_amount >= 0 AND released_amount <> 'NaN'),
  withdrawn_amount   numeric(38, 0) NOT NULL CHECK (withdrawn_amount >= 0 AND withdrawn_amount <> 'NaN'),
  revision           bigint NOT NULL CHECK (revision >= 0),
  next_action        text,
  settlement_tx_hash text,
  -- The JSON value null is the text 'null'; SQL's NULL is an absent field.
  withdrawal         json,
  -- The application's own fields.
  further            json NOT NULL,
  created_at         timestamptz(6) NOT NULL,
  created_at_digits  smallint,
  updated_at         timestamptz(6) NOT NULL,
  updated_at_digits  smallint
);

CREATE INDEX streams_by_status ON streams (status, created_at, id);
CREATE INDEX streams_by_creation ON streams (created_at, id);
