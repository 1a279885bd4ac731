import { extend, type Equivalent } from '../mutant.ts';

const GET = /^SELECT ([^]+) FROM (\S+\.idempotency_keys)\s+WHERE token = \$1::text AND \(expires_at IS NULL/;

/** A read deletes an expired record. */
export const expiredGoOnRead: Equivalent = {
  name: 'expired-go-on-read',
  reason:
    "Only an expired record is deleted, by the storage's clock, and every reader considered it gone already.",
  bases: ['postgres'],
  rewrite: (sql) =>
    GET.test(sql)
      ? `WITH gone AS (DELETE FROM ${GET.exec(sql)?.[2]} WHERE token = $1::text AND expires_at <= clock_timestamp()) ${sql}`
      : sql,
  // The authority is left out: a storage with authority must let everybody read, and here a read writes.
  mutate: (adapter) => {
    const { authority: _absent, ...others } = extend(adapter, {});
    return others;
  },
};
