/** Makes a standby of a running cluster: a copy of its data that replays what the primary commits, some time later. */
import { chown, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDriver } from '../../postgres/driver.ts';
import type { Account } from './account.ts';
import type { StandbyTask } from './runDirectory.ts';

/** Keeps what the standby has yet to receive. One standby a primary. */
const SLOT = 'lockstep_standby';

/** What its server is set to. */
export const STANDBY_SETTINGS: Readonly<Record<string, string>> = {
  // Nothing is ever read from it that the primary does not have.
  fsync: 'off',
  // Whoever reads from it holds the replay back instead of being canceled by it.
  max_standby_streaming_delay: '-1',
};

/** What belongs to the running primary alone. The log is streamed from the start of the backup on. */
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_wal\/.+|pg_replslot\/.+|pg_stat_tmp\/.+|pgsql_tmp.*)$/;

/**
 * Copies the primary's data while it runs, as a base backup does, into the folder `data` of `directory`, which must
 * not exist. The server that is started on it is a standby that lags by `lagMs`.
 */
export async function copyPrimary(
  { url, data, lagMs }: StandbyTask,
  directory: string,
  account: Account | undefined,
): Promise<void> {
  const { Client } = await loadDriver();
  const client = new Client({ connectionString: url });
  // A primary that goes away ends the next statement.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('SELECT pg_create_physical_replication_slot($1, true)', [SLOT]);
    await client.query(`SELECT pg_backup_start('lockstep', true)`);
    const copy = new Copy(data, join(directory, 'data'), account);
    await copy.folder('');
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await copy.write('backup_label', rows[0]?.labelfile ?? '');
    await copy.write('standby.signal', '');
    await copy.write('postgresql.auto.conf', settings(url, lagMs));
  } finally {
    await client.end();
  }
}

function settings(url: string, lagMs: number): string {
  const { hostname, port, username, password } = new URL(url);
  // Both are of lockstep's own making, and need no quoting.
  return [
    `primary_conninfo = 'host=${hostname} port=${port} user=${username} password=${password}'`,
    `primary_slot_name = '${SLOT}'`,
    `recovery_min_apply_delay = '${lagMs}ms'`,
    '',
  ].join('\n');
}

class Copy {
  readonly #from: string;
  readonly #to: string;
  readonly #account: Account | undefined;

  constructor(from: string, to: string, account: Account | undefined) {
    this.#from = from;
    this.#to = to;
    this.#account = account;
  }

  /** `path` is relative. */
  async folder(path: string): Promise<void> {
    const entries = await readdir(join(this.#from, path), { withFileTypes: true }).catch(unlessGone);
    if (entries === undefined) return;
    await mkdir(join(this.#to, path), { mode: 0o700 });
    await this.#own(path);
    for (const entry of entries) {
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (LEFT_OUT.test(inner)) continue;
      if (entry.isDirectory()) await this.folder(inner);
      else await this.#file(inner);
    }
  }

  async write(path: string, text: string): Promise<void> {
    await writeFile(join(this.#to, path), text, { mode: 0o600 });
    await this.#own(path);
  }

  async #file(path: string): Promise<void> {
    // A table may be dropped meanwhile; the log that is replayed knows of it.
    const copied = await copyFile(join(this.#from, path), join(this.#to, path)).then(() => true, unlessGone);
    if (copied === true) await this.#own(path);
  }

  async #own(path: string): Promise<void> {
    if (this.#account !== undefined) await chown(join(this.#to, path), this.#account.uid, this.#account.gid);
  }
}

function unlessGone(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return undefined;
}
