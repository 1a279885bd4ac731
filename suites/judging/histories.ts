/** Loads what `lockstep check` checks: a history file, or a folder with a load's evidence. */
import { basename, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HistoryModel } from '../../scenarios/history/lines.ts';
import { readHistory, type KnownHeader } from '../../scenarios/history/readHistory.ts';
import { findRecorded, folderOfRecorded, isRecorded } from '../../scenarios/history/recorded.ts';
import { Times } from '../../scenarios/history/times.ts';
import { isFolder } from '../../scenarios/folders.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import { collectHistory, type HistoryCollector } from '../checker/models/index.ts';
import { stateOf } from '../checker/models/streamFields.ts';
import type { History } from '../checker/result.ts';

/** How often other tasks may run while a history is assembled, in milliseconds. */
const PAUSE_EVERY_MS = 50;

export interface HistorySource {
  readonly cwd: string;
  /** The name that the user gave. */
  readonly name: string;
  /** For files whose header names no model. */
  readonly model?: HistoryModel | undefined;
  /** Aborts the loading. */
  readonly signal?: AbortSignal;
}

/** Rejects with the signal's reason when it is aborted. Errors: those of `readHistory` and `findRecorded`. */
export async function loadHistory(source: HistorySource): Promise<History> {
  const { cwd, name } = source;
  const path = resolve(cwd, name);
  if (isFolder(path)) return loadRecorded(path, source);
  const folder = folderOfRecorded(path);
  if (folder !== undefined)
    throw new LockstepError(
      'USAGE',
      `${name}: expected a whole history, got one driver's part of a recorded load. Check the whole load: lockstep check ${folder}`,
    );
  let collector: HistoryCollector | undefined;
  const times = new Times();
  await readHistory(
    { ...source, path, times },
    {
      header: (header) => {
        requireInitial(header, name);
        collector = collectHistory(header);
      },
      line: (line) => collector?.add(line),
    },
  );
  return finished(collector, times, source);
}

async function loadRecorded(dir: string, source: HistorySource): Promise<History> {
  const { name } = source;
  if (!isRecorded(dir))
    throw new LockstepError(
      'USAGE',
      `Expected a history file or a folder of evidence, found no evidence.json in ${name}. A run folder has one folder of evidence per load, under evidence/.`,
    );
  const { seeded, files } = await findRecorded(dir);
  const states = new Map(seeded.map((stream) => [stream.id, stateOf(stream)]));
  let collector: HistoryCollector | undefined;
  const times = new Times();
  for (const file of files) {
    await readHistory(
      { ...source, path: file, name: `${name}/${basename(file)}`, times },
      {
        header: (header) => {
          collector ??= collectHistory(header, (key) => states.get(key));
        },
        line: (line) => collector?.add(line),
      },
    );
  }
  return finished(collector, times, source);
}

/** The initial state of a stream decides what is legal, so it must be known. */
function requireInitial({ model, initial }: KnownHeader, name: string): void {
  const isStream = model === 'stream-lifecycle' || model === 'stream-balance';
  if (!isStream || initial !== undefined) return;
  throw new LockstepError(
    'USAGE',
    `${name}: expected "initial" in the header of a ${model} history: the initial state of its streams, such as {"status":"active","revision":0,"totalAmount":"100","releasedAmount":"0","withdrawnAmount":"0"}.`,
  );
}

async function finished(
  collector: HistoryCollector | undefined,
  times: Times,
  { name, signal }: HistorySource,
): Promise<History> {
  if (collector === undefined)
    throw new LockstepError('EVIDENCE_MISSING', `${name}: expected history files, found none.`);
  const finishing = collector.finish();
  let pausedAt = performance.now();
  for (;;) {
    const part = finishing.next();
    if (part.done === true)
      return times.arePlain ? part.value : { ...part.value, timesFrom: String(times.origin) };
    if (performance.now() - pausedAt < PAUSE_EVERY_MS) continue;
    await nextTurn();
    signal?.throwIfAborted();
    pausedAt = performance.now();
  }
}
