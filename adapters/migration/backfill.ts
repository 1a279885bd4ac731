/** Copies what the old side held before writes were copied, in the order of scans, kind by kind. */
import {
  MOVED_KINDS,
  type BackfillProgress,
  type IdempotencyStore,
  type MovedKind,
} from '../contract/index.ts';
import { copy } from './copy.ts';
import { owedFor, scanOf } from './kinds.ts';
import { ownRecord, ownToken, type Owed } from './owed.ts';
import type { Sides } from './sides.ts';

/** Where a pass goes on. */
interface Checkpoint {
  readonly kind: MovedKind;
  readonly cursor?: string;
}

const CHECKPOINT = ownToken('backfill');

/**
 * One batch. The checkpoint is moved, on the new side, when the batch is there: a process that dies in between leaves a
 * batch that is copied again, which changes nothing.
 */
export async function backfill(
  sides: Sides,
  store: IdempotencyStore,
  limit: number,
): Promise<BackfillProgress> {
  let at = await checkpointIn(store);
  let examined = 0;
  let copied = 0;
  while (at !== undefined && examined < limit) {
    const page = await pageOf(sides, at, limit - examined);
    for (const owed of page.owed) if (await copy(sides, owed)) copied += 1;
    examined += page.owed.length;
    at = page.nextCursor === undefined ? kindAfter(at.kind) : { kind: at.kind, cursor: page.nextCursor };
    await store.delete(CHECKPOINT);
    if (at !== undefined) await store.insert(ownRecord(CHECKPOINT, at));
  }
  return { examined, copied, done: at === undefined };
}

async function checkpointIn(store: IdempotencyStore): Promise<Checkpoint | undefined> {
  const stored = await store.get(CHECKPOINT);
  return stored === undefined ? { kind: MOVED_KINDS[0] } : (JSON.parse(stored.body) as Checkpoint);
}

function kindAfter(kind: MovedKind): Checkpoint | undefined {
  const next = MOVED_KINDS[MOVED_KINDS.indexOf(kind) + 1];
  return next === undefined ? undefined : { kind: next };
}

interface Batch {
  readonly owed: readonly Owed[];
  readonly nextCursor: string | undefined;
}

async function pageOf(sides: Sides, { kind, cursor }: Checkpoint, limit: number): Promise<Batch> {
  const scan = scanOf(sides.from, kind);
  if (scan === undefined) return { owed: [], nextCursor: undefined };
  const request = { limit: Math.min(limit, BATCH), ...(cursor === undefined ? {} : { cursor }) };
  const { items, nextCursor } = await scan(request);
  return { owed: items.flatMap((row) => owedFor(kind, row) ?? []), nextCursor };
}

/** Records that are read at once. */
const BATCH = 100;
