/**
 * Fills a schema with streams and events by SQL, without the adapter. JSON is written without blanks, like the adapter
 * writes it, because checksums of ranges are computed from its text.
 */
import pg from 'pg';

export interface Amounts {
  readonly streams: number;
  readonly events: number;
}

export async function fill(url: string, schema: string, { streams, events }: Amounts): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(
      `INSERT INTO "${schema}".streams (id, recipient, rate, schedule, status, token, total_amount, released_amount,
        withdrawn_amount, revision, further, created_at, updated_at)
      SELECT 'stream-' || md5(n::text), 'wallet-' || n % 100, 1, 'monthly', 'active', 'USDC', 1000, n, 0, n % 10,
        ('{"note":"' || repeat('x', n % 100) || '"}')::json, now() - n * interval '1 ms', now()
      FROM generate_series(1, $1::int) AS n`,
      [streams],
    );
    await client.query(
      `INSERT INTO "${schema}".activity_events (id, type, stream_id, description, details, occurred_at)
      SELECT 'event-' || md5(n::text), 'settled', 'stream-' || md5((1 + n % $2::int)::text), 'settled ' || n,
        ('{"amount":"' || n || '"}')::json, now() - n * interval '1 ms'
      FROM generate_series(1, $1::int) AS n`,
      [events, streams],
    );
    await client.query(`ANALYZE "${schema}".streams, "${schema}".activity_events`);
  } finally {
    await client.end();
  }
}
