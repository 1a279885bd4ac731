/**
 * Copies what the deciding side held before writes were copied, kind by kind, in the order of ids. Removes records that only
 * the other side has, from before or from an earlier move.
 */
import { randomUUID } from 'node:crypto';
import { MOVED_KINDS, type BackfillProgress, type FailedCopy, type MovedKind } from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { copyBatch, type Batch } from './batch.ts';
import type { BackfillOptions } from './options.ts';
import { nextRange, type Found } from './range.ts';
import { ownToken, replaceOwn } from '../sides/owed.ts';

/** Where a pass continues. */
interface Checkpoint {
  readonly pass: string;
  readonly kind: MovedKind;
  /** The last id that was examined. */
  readonly after?: string;
  /** How many records were examined so far, and how many there were at the start. */
  readonly position: number;
  readonly total?: number;
}

/** The token of the checkpoint on the deciding side. */
const CHECKPOINT = ownToken('backfill');
/** The token of a mark on the other side. If it is gone, that side was emptied since, and its copies are gone, too. */
const MARK = ownToken('backfill-mark');
/** How many records are copied together. */
const BATCH = 1000;
/** How many batches are under way at the same time. They have no record in common. */
const AT_ONCE = 2;

/** A batch that is being copied. */
interface Copying {
  readonly range: Found;
  readonly batch: Promise<Batch>;
  /** Where the pass continues behind it. */
  readonly next: Checkpoint | undefined;
}

/**
 * The checkpoint moves when a batch, and every one before it, was copied or is owed. If the process dies before that, the
 * batch is copied again, which changes nothing.
 */
export async function backfill(options: BackfillOptions, limit: number): Promise<BackfillProgress> {
  const began = performance.now();
  const start = (await checkpointIn(options)) ?? (await newPass(options));
  let at: Checkpoint | undefined = start;
  let [examined, copied, removed, done] = [0, 0, 0, false];
  const failed: FailedCopy[] = [];
  const underWay: Copying[] = [];
  const end = async ({ range, batch, next }: Copying): Promise<void> => {
    const ended = await batch;
    // What was stored while the two sides were read is on both, and is none of them.
    copied += Math.min(ended.copied, range.examined);
    removed += ended.removed;
    failed.push(...ended.failed);
    done = next === undefined && (await isMarked(options, start.pass));
    // If another instance runs the same pass, the one that is behind copies a batch once more.
    await replaceOwn(options.tokens.from, CHECKPOINT, next);
  };
  try {
    while (at !== undefined && examined < limit) {
      const range: Found = await nextRange(options, at, Math.min(limit - examined, BATCH));
      examined += range.examined;
      const next = nextOf(at, range.last, at.position + range.examined);
      const batch = copyBatch(options, at.kind, range);
      // It may fail before its turn to be awaited.
      batch.catch(() => undefined);
      underWay.push({ range, batch, next });
      at = next;
      if (underWay.length === AT_ONCE) await end(underWay.shift() as Copying);
    }
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) await end(next);
  } finally {
    // No batch is under way any more when the caller has the error.
    await Promise.allSettled(underWay.map(({ batch }) => batch));
  }
  return {
    examined,
    copied,
    removed,
    failed,
    done,
    position: start.position + examined,
    ...defined({ total: at?.total }),
    perSecond: (examined * 1000) / (performance.now() - began),
  };
}

async function checkpointIn({ tokens }: BackfillOptions): Promise<Checkpoint | undefined> {
  const stored = await tokens.from.get(CHECKPOINT);
  return stored === undefined ? undefined : (JSON.parse(stored.body) as Checkpoint);
}

async function newPass({ tokens, bulk }: BackfillOptions): Promise<Checkpoint> {
  const pass = randomUUID();
  await replaceOwn(tokens.to, MARK, { pass });
  const counts = bulk.from && (await Promise.all(MOVED_KINDS.map((kind) => bulk.from?.count(kind) ?? 0)));
  const total = counts?.reduce((sum, count) => sum + count, 0);
  return { pass, kind: MOVED_KINDS[0], position: 0, ...defined({ total }) };
}

async function isMarked({ tokens }: BackfillOptions, pass: string): Promise<boolean> {
  const stored = await tokens.to.get(MARK);
  return stored !== undefined && (JSON.parse(stored.body) as Pick<Checkpoint, 'pass'>).pass === pass;
}

/** Where the pass continues behind the id `last`. If that is undefined, the kind has ended. Undefined: the pass has ended. */
function nextOf(at: Checkpoint, last: string | undefined, position: number): Checkpoint | undefined {
  const { after: _, ...rest } = at;
  if (last !== undefined) return { ...rest, after: last, position };
  const kind = MOVED_KINDS[MOVED_KINDS.indexOf(at.kind) + 1];
  return kind === undefined ? undefined : { ...rest, kind, position };
}
