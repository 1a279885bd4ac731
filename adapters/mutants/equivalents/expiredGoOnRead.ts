import { extend, type Equivalent } from '../mutant.ts';

const GET = /^SELECT ([^]+) FROM (\S+\.idempotency_keys)\s+WHERE token = \$1::text AND \(expires_at IS NULL/;

/** An expired record is deleted by whoever reads it. */
export const expiredGoOnRead: Equivalent = {
  name: 'expired-go-on-read',
  reason: 'It is deleted as it is expired, by one clock, and for whoever looks it was gone before.',
  bases: ['postgres'],
  rewrite: (sql) =>
    GET.test(sql)
      ? `WITH gone AS (DELETE FROM ${GET.exec(sql)?.[2]} WHERE token = $1::text AND expires_at <= clock_timestamp()) ${sql}`
      : sql,
  // A storage that decides who may write must let everybody read. Here a read is a write, so it is not such a storage.
  mutate: (adapter) => {
    const { authority: _absent, ...others } = extend(adapter, {});
    return others;
  },
};
