/** Where recorded runs live on disk. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LockstepError } from '../scenarios/lockstepError.ts';
import { RENDERERS } from './index.ts';
import { parseRunResult } from './json.ts';
import type { RunResult } from './model.ts';

/** The recorded result's file in a run folder. */
export const RESULT_FILE = 'result.json';

/** Where a run folder keeps evidence; scenarios get one folder each below it. */
export const EVIDENCE_FOLDER = 'evidence';

/** What a kill matrix is written to. */
export const MUTANTS_FILES = { json: 'mutants.json', markdown: 'mutants.md', html: 'mutants.html' } as const;

/** What a stress run is written to. */
export const STRESS_FILES = { json: 'stress.json', markdown: 'stress.md', html: 'stress.html' } as const;

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

/**
 * Makes the folder of a new run and returns its absolute path: `reports/runs/<time>-<target>/` in `cwd`, or `out`.
 * An `out` that holds an earlier run is emptied of it. Errors: OUT_NOT_A_RUN, OUT_NOT_WRITABLE.
 */
export function runFolder(options: RunFolderOptions): string {
  if (options.out !== undefined) return takeOver(resolve(options.cwd, options.out));
  const runs = join(options.cwd, 'reports', 'runs');
  make(runs, true);
  const time = options.time.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-');
  const name = `${time}-${slug(options.target)}`;
  for (let attempt = 1; attempt <= MAX_SAME_SECOND; attempt++) {
    const dir = join(runs, attempt === 1 ? name : `${name}-${attempt}`);
    if (make(dir, false)) return dir;
  }
  throw new LockstepError(
    'OUT_NOT_WRITABLE',
    `${join(runs, name)}: ${MAX_SAME_SECOND} runs exist. Use --out.`,
  );
}

/**
 * The result recorded in `path`, a run folder or a result file.
 * Errors: RESULT_MISSING, RESULT_NOT_JSON, RESULT_VERSION, RESULT_INVALID.
 */
export function loadRunResult(path: string): RunResult {
  const file = basename(path).endsWith('.json') ? path : join(path, RESULT_FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new LockstepError(
      'RESULT_MISSING',
      `${file}: expected a recorded result, got ${reason(cause)}. Name a folder that certify, load or judge has written.`,
      { cause },
    );
  }
  return parseRunResult(text, file);
}

function takeOver(dir: string): string {
  make(dir, true);
  const present = readdirSync(dir);
  if (present.length === 0) return dir;
  if (!isRunFolder(dir)) {
    throw new LockstepError(
      'OUT_NOT_A_RUN',
      `--out ${dir}: expected an empty folder or that of an earlier run, got ${present.length} other files. Nothing was written.`,
    );
  }
  // Left-over evidence would be judged with the new one. What names this a run folder goes last.
  const reports = [
    ...RENDERERS.map((renderer) => renderer.file),
    ...Object.values(MUTANTS_FILES),
    ...Object.values(STRESS_FILES),
  ];
  const made = [EVIDENCE_FOLDER, ...reports.filter((name) => !NAMING.includes(name)), ...NAMING];
  for (const name of made) rmSync(join(dir, name), { recursive: true, force: true });
  return dir;
}

/** One of these files makes a folder that of a run. */
const NAMING: readonly string[] = [RESULT_FILE, MUTANTS_FILES.json, STRESS_FILES.json];

/** Whether `dir` holds a result of whatever version, or one of a version to come. */
function isRunFolder(dir: string): boolean {
  return NAMING.some((name) => {
    try {
      const value: unknown = JSON.parse(readFileSync(join(dir, name), 'utf8'));
      return typeof value === 'object' && value !== null && 'schemaVersion' in value;
    } catch {
      return false;
    }
  });
}

/** Makes the folder, and with `recursive` those above it; false when it was there already. */
function make(dir: string, recursive: boolean): boolean {
  try {
    return makeIn(dir, recursive);
  } catch (cause) {
    throw new LockstepError(
      'OUT_NOT_WRITABLE',
      `${dir}: expected a folder that can be made, got ${reason(cause)}. Use --out to name another one.`,
      { cause },
    );
  }
}

/** One folder a call: Node's own recursion never ends where nothing can be made, as in /proc. */
function makeIn(dir: string, recursive: boolean): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(dir).isDirectory()) return false;
    if (codeOf(error) !== 'ENOENT' || !recursive || existsSync(dirname(dir))) throw error;
    makeIn(dirname(dir), true);
    return makeIn(dir, false);
  }
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

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

function reason(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file';
    case 'EEXIST':
      return 'a file of this name';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'no permission';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
