/**
 * The history on disk: `history.jsonl` with one JSON line per run, to which lines are only added, and folders of
 * recorded runs.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BrokenLine } from '../../reports/history/model.ts';
import { RESULT_FILE } from '../../reports/folder/runFolder.ts';
import { parseRunResult } from '../../reports/renderers/json.ts';
import { historyEntrySchema } from '../../reports/schema/history.ts';
import { fileReason } from '../../scenarios/fileReason.ts';
import { isFolder, makeOutFolder } from '../../scenarios/folders.ts';
import { parseJsonText } from '../../scenarios/jsonText.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { readTextFile } from '../../scenarios/textFile.ts';
import { notWritable } from '../../scenarios/wholeFile.ts';
import type { RecordedRun } from '../../suites/figures/history.ts';
import { entriesOfRun } from './entries.ts';

export const HISTORY_FILE = 'history.jsonl';

export interface ReadHistory {
  readonly entries: readonly RecordedRun[];
  readonly broken: readonly BrokenLine[];
}

/** Appends the lines in a single write. An incomplete last line stays a separate line. Errors: OUT_NOT_WRITABLE. */
export function appendHistory(dir: string, entries: readonly RecordedRun[]): void {
  makeOutFolder(dir, `--history ${dir}`);
  const file = join(dir, HISTORY_FILE);
  try {
    const descriptor = openSync(file, 'a+');
    try {
      const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      writeSync(descriptor, `${endsInLine(descriptor) ? '' : '\n'}${lines}`);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw notWritable(file, cause);
  }
}

function endsInLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last.toString() === '\n';
}

/**
 * Reads the lines in `dir`, and the loads of the run folders below it that are not among these. Broken lines are
 * reported and stay in place. Errors: USAGE if there is no history.
 */
export function readHistory(dir: string): ReadHistory {
  const entries: RecordedRun[] = [];
  const broken: BrokenLine[] = [];
  const file = join(dir, HISTORY_FILE);
  const folders = runFolders(dir);
  if (!existsSync(file) && folders.length === 0)
    throw new LockstepError(
      'USAGE',
      `--history ${dir}: expected a folder with ${HISTORY_FILE} ("lockstep load --history" writes it) or with folders of recorded loads, found neither.`,
    );
  if (existsSync(file)) {
    for (const [index, text] of linesIn(file).entries()) {
      if (text.trim() === '') continue;
      tryTo(() => entries.push(parseJsonText(text, historyEntrySchema, notALine)), {
        file: HISTORY_FILE,
        line: index + 1,
      });
    }
  }
  const known = new Set(entries.map(keyOf));
  for (const folder of folders) {
    const name = join(folder, RESULT_FILE);
    tryTo(
      () => {
        const run = parseRunResult(readTextFile(join(dir, name)), name);
        entries.push(...entriesOfRun(run).filter((entry) => !known.has(keyOf(entry))));
      },
      { file: name, line: 1 },
    );
  }
  return { entries, broken };

  function tryTo(read: () => unknown, at: Omit<BrokenLine, 'reason'>): void {
    try {
      read();
    } catch (error) {
      broken.push({ ...at, reason: error instanceof Error ? error.message : String(error) });
    }
  }
}

function keyOf({ at, target }: RecordedRun): string {
  return `${at} ${target}`;
}

function notALine(what: string, cause?: unknown): Error {
  return new Error(`expected a run of lockstep as one line of JSON; ${what}`, { cause });
}

function linesIn(file: string): string[] {
  try {
    return readTextFile(file).split('\n');
  } catch (cause) {
    throw new LockstepError('USAGE', `${file}: expected a readable file, got ${fileReason(cause)}.`, {
      cause,
    });
  }
}

/** The run folders below `dir`, ordered by name, so the oldest comes first. */
function runFolders(dir: string): string[] {
  if (!isFolder(dir)) return [];
  const names = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names
    .map(({ name }) => relative(dir, join(dir, name)))
    .filter((name) => existsSync(join(dir, name, RESULT_FILE)))
    .toSorted();
}
