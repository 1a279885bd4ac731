/**
 * Copies what the deciding side held before writes were copied, in the order of ids, kind by kind; and removes what the other
 * side alone has, from before or from an earlier move.
 */
import { randomUUID } from 'node:crypto';
import {
  codeOf,
  MOVED_KINDS,
  type BackfillProgress,
  type FailedCopy,
  type IdempotencyStore,
  type MovedKind,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { copyBatch, type Batch } from './batch.ts';
import type { BackfillOptions } from './options.ts';
import { nextRange, type Found } from './range.ts';
import { ownRecord, ownToken } from '../sides/owed.ts';

/** Where a pass goes on. */
interface Checkpoint {
  readonly pass: string;
  readonly kind: MovedKind;
  /** The last id that was looked at. */
  readonly after?: string;
  /** Records that were looked at until here, and how many there were at the start. */
  readonly position: number;
  readonly total?: number;
}

/** On the side that decides. */
const CHECKPOINT = ownToken('backfill');
/** On the other side, which may have been emptied since: what it was given before is not there then. */
const MARK = ownToken('backfill-mark');
/** Records that are copied together. */
const BATCH = 1000;

/**
 * The checkpoint moves when a batch is there, or is owed: a process that dies in between leaves a batch that is copied
 * again, which changes nothing.
 */
export async function backfill(options: BackfillOptions, limit: number): Promise<BackfillProgress> {
  const began = performance.now();
  let at: Checkpoint | undefined = (await checkpointIn(options)) ?? (await newPass(options));
  let position = at.position;
  let [examined, copied, removed, done] = [0, 0, 0, false];
  const failed: FailedCopy[] = [];
  while (at !== undefined && examined < limit) {
    const range: Found = await nextRange(options, at, Math.min(limit - examined, BATCH));
    const batch: Batch = await copyBatch(options, at.kind, range);
    examined += range.examined;
    position = at.position + range.examined;
    // What was stored while the two sides were read is on both, and is none of them.
    copied += Math.min(batch.copied, range.examined);
    removed += batch.removed;
    failed.push(...batch.failed);
    const next = nextOf(at, range.last, position);
    done = next === undefined && (await isMarked(options, at.pass));
    await replace(options.tokens.from, CHECKPOINT, next);
    at = next;
  }
  const { total } = at ?? {};
  return {
    examined,
    copied,
    removed,
    failed,
    done,
    position,
    ...defined({ total }),
    perSecond: (examined * 1000) / (performance.now() - began),
  };
}

async function checkpointIn({ tokens }: BackfillOptions): Promise<Checkpoint | undefined> {
  const stored = await tokens.from.get(CHECKPOINT);
  return stored === undefined ? undefined : (JSON.parse(stored.body) as Checkpoint);
}

async function newPass({ tokens, bulk }: BackfillOptions): Promise<Checkpoint> {
  const pass = randomUUID();
  await replace(tokens.to, MARK, { pass });
  const counts = bulk.from && (await Promise.all(MOVED_KINDS.map((kind) => bulk.from?.count(kind) ?? 0)));
  const total = counts?.reduce((sum, count) => sum + count, 0);
  return { pass, kind: MOVED_KINDS[0], position: 0, ...defined({ total }) };
}

async function isMarked({ tokens }: BackfillOptions, pass: string): Promise<boolean> {
  const stored = await tokens.to.get(MARK);
  return stored !== undefined && (JSON.parse(stored.body) as Pick<Checkpoint, 'pass'>).pass === pass;
}

/** Where it goes on behind the id `last`; undefined: the kind has ended, and behind the last kind the pass. */
function nextOf(at: Checkpoint, last: string | undefined, position: number): Checkpoint | undefined {
  const { after: _, ...rest } = at;
  if (last !== undefined) return { ...rest, after: last, position };
  const kind = MOVED_KINDS[MOVED_KINDS.indexOf(at.kind) + 1];
  return kind === undefined ? undefined : { ...rest, kind, position };
}

async function replace(store: IdempotencyStore, token: string, content: object | undefined): Promise<void> {
  await store.delete(token);
  if (content === undefined) return;
  try {
    await store.insert(ownRecord(token, content));
  } catch (error) {
    // Another instance runs the same pass: whichever is behind copies a batch once more.
    if (codeOf(error) !== 'ALREADY_EXISTS') throw error;
  }
}
