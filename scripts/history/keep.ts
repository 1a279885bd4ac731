/** `--history DIR`, for the commands that measure. */
import { resolve } from 'node:path';
import { makeOutFolder } from '../../scenarios/folders.ts';
import type { CommandContext } from '../context.ts';
import { measureCanaries } from './canary.ts';
import type { Beside } from './entries.ts';

export interface KeptHistory {
  readonly dir: string;
  readonly canary: NonNullable<Beside['canary']>;
}

/**
 * Measures the canaries. Undefined: no history was requested. Rejects with OUT_NOT_WRITABLE before anything is
 * measured.
 */
export async function beginHistory(
  { cwd, terminal }: CommandContext,
  dir: string | undefined,
): Promise<KeptHistory | undefined> {
  if (dir === undefined) return undefined;
  const folder = resolve(cwd, dir);
  makeOutFolder(folder, `--history ${dir}`);
  using progress = terminal.progress('history');
  progress.phase({ what: 'measuring the machine by its canaries' });
  return { dir: folder, canary: await measureCanaries((text) => terminal.error(`! ${text}`)) };
}
