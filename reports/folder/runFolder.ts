/** The folders of recorded runs. */
import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { fileReason } from '../../scenarios/fileReason.ts';
import { isFolder, makeFolder, makeOutFolder } from '../../scenarios/folders.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { readTextFile } from '../../scenarios/textFile.ts';
import { isTemporary } from '../../scenarios/wholeFile.ts';
import { isLockFile, lockFolder } from './folderLock.ts';
import { RENDERERS } from '../index.ts';
import { ALL_FILES, RUN_FILES } from '../recorded.ts';

/** The file with the recorded result in a run folder. */
export const RESULT_FILE: string = RUN_FILES.json;

/** The folder for evidence in a run folder. Each load has its own folder there. */
export const EVIDENCE_FOLDER = 'evidence';

const HLOG_SUFFIX = '.hlog';

/** The name of the file with the latencies of load `number` (from 1), next to the result. */
export function latencyLogName(number: number, mix: string): string {
  return `latency-${number}-${slug(mix)}${HLOG_SUFFIX}`;
}

/** The most runs of one target that may start in one second. */
const MAX_SAME_SECOND = 100;

export interface RunFolderOptions {
  readonly cwd: string;
  readonly time: Date;
  /** The target as the user named it. Several targets are joined by spaces. */
  readonly target: string;
  /** `--out`: uses this folder, relative to `cwd`. */
  readonly out?: string;
}

/** A folder that one run writes to. Until it is disposed, no other run does. */
export interface RunFolder extends Disposable {
  /** An absolute path. */
  readonly dir: string;
}

/**
 * Creates the folder of a new run and locks it: `reports/runs/<time>-<target>/` in `cwd`, or `out`, which may be a link
 * to a folder. Files of an earlier run in `out` are removed. Errors: OUT_NOT_A_RUN, OUT_IN_USE, OUT_NOT_WRITABLE.
 */
export function openRunFolder(options: RunFolderOptions): RunFolder {
  if (options.out !== undefined) return takeOver(resolve(options.cwd, options.out));
  const runs = join(options.cwd, 'reports', 'runs');
  makeOutFolder(runs);
  const time = options.time.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const name = `${time}-${slug(options.target)}`;
  for (let attempt = 1; attempt <= MAX_SAME_SECOND; attempt++) {
    const dir = join(runs, attempt === 1 ? name : `${name}-${attempt}`);
    if (makeOutFolder(dir, dir, makeFolder)) return locked(dir);
  }
  throw new LockstepError(
    'OUT_NOT_WRITABLE',
    `${join(runs, name)}: expected fewer than ${MAX_SAME_SECOND} runs of one second. Name another folder with --out.`,
  );
}

/**
 * Refuses an `out` that contains files that are still to be read, because they would be removed first. Errors: USAGE.
 */
export function requireApart(cwd: string, out: string, read: readonly string[]): void {
  const target = realPath(resolve(cwd, out));
  const emptied = join(target, EVIDENCE_FOLDER) + sep;
  for (const name of read) {
    const source = realPath(resolve(cwd, name));
    if (source !== target && !`${source}${sep}`.startsWith(emptied)) continue;
    throw new LockstepError(
      'USAGE',
      `--out ${out}: expected a folder of its own, got the folder from which ${name} is read. Nothing was written. Name another folder.`,
    );
  }
}

/** Follows links as far as the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPath(above), basename(path));
  }
}

/** Locks the folder of a recorded run in order to write to it again. Errors: OUT_IN_USE, OUT_NOT_WRITABLE. */
export function reopenRunFolder(dir: string): RunFolder {
  return locked(dir);
}

function locked(dir: string): RunFolder {
  const lock = lockFolder(dir);
  return { dir, [Symbol.dispose]: () => lock[Symbol.dispose]() };
}

/** The folder of the result at `path`, which is a run folder or a file in one. */
export function folderOfResult(path: string): string {
  return isRunPath(path) ? path : dirname(path);
}

/** Whether `path` names a folder. A path that does not exist counts as a folder unless its name looks like a file. */
export function isRunPath(path: string): boolean {
  return isFolder(path) || (!path.endsWith('.json') && !existsSync(path));
}

function takeOver(dir: string): RunFolder {
  makeOutFolder(dir, `--out ${dir}`);
  // Before the lock is taken, so that nothing is written into a foreign folder.
  requireOurs(dir);
  const folder = locked(dir);
  try {
    // Old evidence would be judged together with the new one. The file that identifies a run folder is removed last.
    const reports = ALL_FILES.flatMap((files) => RENDERERS.flatMap(({ file }) => file?.(files) ?? []));
    const made = [
      ...readdirSync(dir).filter((name) => isTemporary(name) || name.endsWith(HLOG_SUFFIX)),
      EVIDENCE_FOLDER,
      ...reports.filter((name) => !NAMING.includes(name)),
      ...NAMING,
    ];
    // If one of them is a link, only the link is removed.
    for (const name of made) rmSync(join(dir, name), { recursive: true, force: true });
    return folder;
  } catch (cause) {
    folder[Symbol.dispose]();
    throw notEmptied(dir, cause);
  }
}

function requireOurs(dir: string): void {
  const present = filesIn(dir);
  if (present.length === 0 || isRunFolder(dir)) return;
  throw new LockstepError(
    'OUT_NOT_A_RUN',
    `--out ${dir}: expected an empty folder or the folder of an earlier run, got ${present.length} other files. Nothing was written. Name another folder.`,
  );
}

/** The files in the folder, without temporary files of killed processes. */
function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => !isLockFile(name) && !isTemporary(name));
  } catch (cause) {
    throw notEmptied(dir, cause);
  }
}

/** Any of these files identifies a run folder. */
const NAMING: readonly string[] = ALL_FILES.map(({ json }) => json);

/** Whether `dir` contains a result of any version, including later ones. */
function isRunFolder(dir: string): boolean {
  return NAMING.some((name) => {
    try {
      const value: unknown = JSON.parse(readTextFile(join(dir, name)));
      return typeof value === 'object' && value !== null && 'schemaVersion' in value;
    } catch {
      return false;
    }
  });
}

function notEmptied(dir: string, cause: unknown): LockstepError {
  return new LockstepError(
    'OUT_NOT_WRITABLE',
    `${dir}: expected a folder that can be read and cleared of an earlier run, got ${fileReason(cause)}. Name another folder with --out.`,
    { cause },
  );
}

/** `target` in a form for file names: `./adapters/my adapter.ts` becomes `my-adapter`. */
function slug(target: string): string {
  const words = target.split(/\s+/).map((word) => basename(word).replace(/\.[cm]?[jt]s$/, ''));
  const safe = words
    .join('-')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return safe === '' ? 'target' : safe;
}
