/** Creates a standby of a running cluster: a copy of its data that replays the commits of the primary with a delay. */
import { chown, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDriver } from '../../postgres/driver.ts';
import type { Account } from './account.ts';
import type { StandbyTask } from './runDirectory.ts';

/** The replication slot that keeps the log until the standby has received it. A primary has one standby at most. */
const SLOT = 'lockstep_standby';

/** The settings of the standby's server. */
export const STANDBY_SETTINGS: Readonly<Record<string, string>> = {
  // The standby has no data that the primary lacks, so nothing would be lost.
  fsync: 'off',
  // A query on the standby delays the replay instead of being canceled by it.
  max_standby_streaming_delay: '-1',
};

/** Files that belong only to the running primary. The log is streamed from the start of the backup on. */
const LEFT_OUT = /^(postmaster\.(pid|opts)|pg_wal\/.+|pg_replslot\/.+|pg_stat_tmp\/.+|pgsql_tmp.*)$/;

/**
 * Copies the primary's data while it runs, as a base backup does, into the folder `data` of `directory`. The folder
 * must not exist. A server that is started on it is a standby with a lag of `lagMs` milliseconds.
 */
export async function copyPrimary(
  { url, data, lagMs }: StandbyTask,
  directory: string,
  account: Account | undefined,
): Promise<void> {
  const { Client } = await loadDriver();
  const client = new Client({ connectionString: url });
  // If the primary goes away, the next statement fails.
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
  // Both values are created by lockstep and need no quoting.
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
    // A table may be dropped in the meantime. The log that is replayed contains the drop.
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
