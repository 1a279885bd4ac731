/** pgbench, if it is installed: the same settle as one would write it by hand, one statement after another. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { endedChildrenMicros } from './cpu.ts';
import type { SideResult, Work } from './plan.ts';

const run = promisify(execFile);

/** Where PostgreSQL's packages install it, in a folder per version. */
const VERSIONS = '/usr/lib/postgresql';

/** The path of pgbench. Undefined: it is neither on PATH nor where packages install it. */
export function findPgbench(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map((one) => join(VERSIONS, one, 'bin')) : [];
  return [...(process.env['PATH'] ?? '').split(delimiter), ...versions]
    .map((folder) => join(folder, 'pgbench'))
    .find((path) => existsSync(path));
}

/**
 * A text as long as a stored answer. It must not contain a colon followed by a letter or digit, which pgbench reads as
 * a variable.
 */
const BODY = `{"stream":{"id":"stream-1","status":"active","revision": 1,"releasedAmount":"1","withdrawnAmount":"0"},"operationId":"${'0'.repeat(32)}"}`;

function scriptOf({ schema, streams }: Work, isPipelined: boolean): string {
  const table = (name: string): string => `${schema}.${name}`;
  const key = `'settle:' || :key`;
  const id = `'stream-' || :number`;
  const details = `'{"operationId":"${'0'.repeat(32)}","revision": 1,"payout":{"amount":"1"}}'`;
  const flight = (...statements: readonly string[]): readonly string[] =>
    isPipelined ? ['\\startpipeline', ...statements, '\\endpipeline'] : statements;
  return [
    `\\set number random(0, ${streams - 1})`,
    `\\set key random(1, 9000000000000000000)`,
    ...flight(
      'BEGIN;',
      `SELECT pg_advisory_xact_lock(hashtextextended('${schema}/stream-' || :number, 0));`,
      `SELECT token, fingerprint, status, body, created_at, expires_at FROM ${table('idempotency_keys')} WHERE token = ${key} AND (expires_at IS NULL OR expires_at > clock_timestamp());`,
      `SELECT * FROM ${table('streams')} WHERE id = ${id};`,
    ),
    ...flight(
      `UPDATE ${table('streams')} SET released_amount = released_amount + 1, revision = revision + 1, updated_at = clock_timestamp(), updated_at_digits = NULL WHERE id = ${id};`,
      `INSERT INTO ${table('activity_events')} (id, type, stream_id, description, details, occurred_at) VALUES ('event-' || :key, 'stream.settled', ${id}, 'settle took effect', ${details}, clock_timestamp());`,
      `INSERT INTO ${table('idempotency_keys')} (token, fingerprint, status, body, created_at, expires_at) VALUES (${key}, '${'f'.repeat(64)}', 200, '${BODY}', clock_timestamp(), clock_timestamp() + interval '1 day') ON CONFLICT (token) DO UPDATE SET fingerprint = excluded.fingerprint, status = excluded.status, body = excluded.body, created_at = excluded.created_at, expires_at = excluded.expires_at WHERE idempotency_keys.expires_at <= clock_timestamp();`,
      'COMMIT;',
    ),
    '',
  ].join('\n');
}

/** Rejects if pgbench or a transaction failed. If pipelined, pgbench sends the statements in two flights. */
export async function runPgbench(
  program: string,
  work: Work,
  { isPipelined }: { readonly isPipelined: boolean },
): Promise<SideResult> {
  const { hostname, port, username, password, pathname } = new URL(work.url);
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    const file = join(folder, 'settle.sql');
    writeFileSync(file, scriptOf(work, isPipelined));
    const each = work.transactions / work.connections;
    const counts = ['-c', String(work.connections), '-j', '1', '-t', String(each)];
    const where = ['-h', hostname, '-p', port, '-U', username];
    const before = endedChildrenMicros();
    const { stdout } = await run(
      program,
      ['-n', '-M', 'prepared', '-f', file, ...counts, ...where, pathname.slice(1)],
      { env: { PATH: process.env['PATH'], PGPASSWORD: decodeURIComponent(password) } },
    );
    const after = endedChildrenMicros();
    const [, perSecond] = /^tps = ([\d.]+)/m.exec(stdout) ?? [];
    if (perSecond === undefined || !stdout.includes(`${work.transactions}/${work.transactions}`))
      throw new Error(`Expected pgbench to run ${work.transactions} transactions, but it says:\n${stdout}`);
    const clientMicros = before === undefined || after === undefined ? undefined : after - before;
    return { perSecond: Number(perSecond), clientMicros, extra: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
