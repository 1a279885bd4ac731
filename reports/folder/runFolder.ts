/** Where recorded runs live on disk. */
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

/** The recorded result's file in a run folder. */
export const RESULT_FILE: string = RUN_FILES.json;

/** Where a run folder keeps evidence; scenarios get one folder each below it. */
export const EVIDENCE_FOLDER = 'evidence';

const HLOG_SUFFIX = '.hlog';

/** The file beside the result with the latencies of its load `number`, from 1. */
export function latencyLogName(number: number, mix: string): string {
  return `latency-${number}-${slug(mix)}${HLOG_SUFFIX}`;
}

/** How many runs of one target may start in one second. */
const MAX_SAME_SECOND = 100;

export interface RunFolderOptions {
  readonly cwd: string;
  readonly time: Date;
  /** As the user named it; several joined by spaces. */
  readonly target: string;
  /** `--out`: this folder instead, relative to `cwd`. */
  readonly out?: string;
}

/** A folder that one run writes to; no other does so until it is disposed. */
export interface RunFolder extends Disposable {
  /** Absolute. */
  readonly dir: string;
}

/**
 * Makes the folder of a new run and takes it for this one: `reports/runs/<time>-<target>/` in `cwd`, or `out`, which may
 * be a link to a folder. An `out` that holds an earlier run is emptied of it.
 * Errors: OUT_NOT_A_RUN, OUT_IN_USE, OUT_NOT_WRITABLE.
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
 * Refuses an `out` that holds what is still to be read: it would be emptied of it first. Errors: USAGE.
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

/** Links followed as far as the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(realPath(above), basename(path));
  }
}

/** Takes the folder of a recorded run, to write to it again. Errors: OUT_IN_USE, OUT_NOT_WRITABLE. */
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

/** Whether `path` names a folder. What is not there would be one, unless it is called like a file. */
export function isRunPath(path: string): boolean {
  return isFolder(path) || (!path.endsWith('.json') && !existsSync(path));
}

function takeOver(dir: string): RunFolder {
  makeOutFolder(dir, `--out ${dir}`);
  // Before the lock, so that nothing is written where nothing of lockstep is.
  requireOurs(dir);
  const folder = locked(dir);
  try {
    // Left-over evidence would be judged with the new one. What names this a run folder goes last.
    const reports = ALL_FILES.flatMap((files) => RENDERERS.flatMap(({ file }) => file?.(files) ?? []));
    const made = [
      ...readdirSync(dir).filter((name) => isTemporary(name) || name.endsWith(HLOG_SUFFIX)),
      EVIDENCE_FOLDER,
      ...reports.filter((name) => !NAMING.includes(name)),
      ...NAMING,
    ];
    // A link among them is removed, and what it leads to stays.
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

/** What is in the folder but for what a run that was killed left half-way. */
function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => !isLockFile(name) && !isTemporary(name));
  } catch (cause) {
    throw notEmptied(dir, cause);
  }
}

/** One of these files makes a folder that of a run. */
const NAMING: readonly string[] = ALL_FILES.map(({ json }) => json);

/** Whether `dir` holds a result of whatever version, or one of a version to come. */
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

/** A file name of `target`: `./adapters/my adapter.ts` becomes `my-adapter`. */
function slug(target: string): string {
  const words = target.split(/\s+/).map((word) => basename(word).replace(/\.[cm]?[jt]s$/, ''));
  const safe = words
    .join('-')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  return safe === '' ? 'target' : safe;
}
