/** Runs git. Nothing here changes a repository. */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TargetReference } from '../scenarios/host/index.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import type { Commit } from '../suites/figures/history.ts';

/**
 * What git prints. Undefined: git failed, for example because `dir` is in no repository.
 * Throws USAGE if git cannot be run.
 */
export function git(dir: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string | undefined {
  const { status, stdout, error } = spawnSync('git', ['-C', dir, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined)
    throw new LockstepError(
      'USAGE',
      `Cannot run git (${error.message}). Install it, or name a folder instead.`,
      {
        cause: error,
      },
    );
  return status === 0 ? stdout.trim() : undefined;
}

/** The commit that is checked out in the repository of `dir`. Undefined: `dir` is in no repository. */
export function commitOf(dir: string): Commit | undefined {
  try {
    const id = git(dir, ['rev-parse', '--verify', '--quiet', 'HEAD']);
    if (id === undefined) return undefined;
    return { id, isChanged: git(dir, ['status', '--porcelain', '--untracked-files=no']) !== '' };
  } catch {
    // Without git the commit is unknown.
    return undefined;
  }
}

/** The commit of the repository that contains the target. */
export function commitOfTarget(target: TargetReference | undefined): Commit | undefined {
  return target === undefined ? undefined : commitOf(dirname(fileURLToPath(target.url)));
}
