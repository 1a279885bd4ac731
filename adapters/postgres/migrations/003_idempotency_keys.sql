CREATE TABLE idempotency_keys (
  token             text COLLATE "C" PRIMARY KEY,
  fingerprint       text COLLATE "C" NOT NULL,
  status            smallint NOT NULL CHECK (status BETWEEN 100 AND 599),
  -- The exact text to replay. Any JSON type would change its bytes.
  body              text NOT NULL,
  created_at        timestamptz(6) NOT NULL,
  created_at_digits smallint,
  -- NULL: never.
  expires_at        timestamptz(6),
  expires_at_digits smallint
);

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at) WHERE expires_at IS NOT NULL;
