/** An adapter over two others, which moves records from the old one to the new one while both are in use. */
import {
  STAGES,
  StorageError,
  surfacesOf,
  validateSweepLimit,
  type Comparison,
  type IdempotencyStore,
  type Migration,
  type Stage,
  type StorageAdapter,
} from '../contract/index.ts';
import { backfill, type BackfillOptions } from './backfill.ts';
import { compareSides } from './compare.ts';
import { copy } from './copy.ts';
import { Outbox } from './outbox.ts';
import { ownToken } from './owed.ts';
import { Patience } from './patience.ts';
import { readsOf } from './reads.ts';
import { bridgedLock, owingLock, type WithLock } from './section.ts';
import { storesOf, type Sides, type Stores } from './sides.ts';
import { createStores } from './stores.ts';
import type { Write } from './tracked.ts';

export interface MigrationOptions {
  /** The storage that has the authority. It needs locks and an idempotency store, where what is owed is kept. */
  readonly old: StorageAdapter;
  /** The storage to move to. It needs every surface that the old one has. */
  readonly new: StorageAdapter;
  /** Where the instance starts. Default `before`: as if the new side were not there. */
  readonly stage?: Stage;
  /**
   * How long a call of the old side takes at most, in milliseconds. Repair takes a write that its process has not ended
   * after that time for one that nobody will end. Default 60,000.
   */
  readonly writeBoundMs?: number;
  /**
   * The longest that anything waits for the new side, in milliseconds: a section for its lock, an answer for its copy, a read.
   * Shorter than the old side lets a section idle. Default 1,000.
   */
  readonly newSideBoundMs?: number;
}

const WRITE_BOUND_MS = 60_000;
const NEW_SIDE_BOUND_MS = 1000;

/**
 * Throws TypeError when a side lacks what it needs. The adapter has the surfaces of the old side; it closes both.
 * Tokens of the scope `migration` are its own.
 */
export function createMigratingAdapter({
  old,
  new: other,
  stage = 'before',
  writeBoundMs = WRITE_BOUND_MS,
  newSideBoundMs = NEW_SIDE_BOUND_MS,
}: MigrationOptions): StorageAdapter {
  const needed = neededOf(old, other);
  const sides: Sides = { from: storesOf(old), to: storesOf(other) };
  const patience = new Patience({
    boundMs: newSideBoundMs,
    probe: async () => needed.new.tokens.get(ownToken('probe')),
  });
  const outbox = new Outbox({ sides, store: needed.old.tokens, writeBoundMs, patience });
  const patientReads = readsOf(sides, patience);
  let now = stage;
  let isClosed = false;
  const write: Write = async (owed, action, learned) =>
    writesBoth(now) ? outbox.around(owed, action, learned) : action();
  const byStage = locksByStage(needed, outbox, patience);
  const reads = (): Stores => (now === 'cut-over' ? patientReads : sides.from);
  const compared = { sides, names: { from: 'old', to: 'new' }, patience } as const;
  const debts = { store: needed.old.tokens, boundMs: newSideBoundMs };
  const writing = (what: string): void => {
    if (!writesBoth(now)) throw notWriting(what, now);
  };
  const migration: Migration = {
    old,
    new: other,
    async moveTo(next) {
      if (isClosed) throw closed();
      if (!STAGES.includes(next)) throw noStage(next);
      if (next === 'cut-over' && now !== next) mayCutOver(await compareSides(compared, debts, 1));
      now = next;
    },
    async backfill(limit) {
      validateSweepLimit(limit);
      writing('backfill');
      return backfill(backfilled(sides, needed, { from: old.bulk, to: other.bulk }), limit);
    },
    async repair(limit) {
      validateSweepLimit(limit);
      writing('repair');
      await patience.recheck();
      return outbox.repair(limit);
    },
    async compare(limit) {
      validateSweepLimit(limit);
      return compareSides(compared, debts, limit);
    },
  };
  return {
    ...createStores(
      old,
      { reads, write, sweep: (limit) => sweepToo(needed.new.tokens, now, limit, patience) },
      (streamId, callback, options) => byStage[now](streamId, callback, options),
    ),
    migration,
    async close() {
      isClosed = true;
      patience.close();
      const closed = await Promise.allSettled([other.close(), old.close()]);
      for (const one of closed) if (one.status === 'rejected') throw one.reason;
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

function locksByStage(
  { old, new: other }: Readonly<Record<'old' | 'new', Needed>>,
  outbox: Outbox,
  patience: Patience,
): Readonly<Record<Stage, WithLock>> {
  const bridged = bridgedLock(old.withLock, other.withLock, patience);
  const owing = owingLock(bridged, outbox);
  return { before: old.withLock, bridged, dual: owing, 'cut-over': owing };
}

function writesBoth(stage: Stage): boolean {
  return stage === 'dual' || stage === 'cut-over';
}

interface Needed {
  readonly withLock: WithLock;
  readonly tokens: IdempotencyStore;
}

/** What both sides must have. */
function neededOf(old: StorageAdapter, other: StorageAdapter): Readonly<Record<'old' | 'new', Needed>> {
  const offered = surfacesOf(other);
  const lacking = surfacesOf(old).filter(
    // A side without `authority` is moved to or from; who decides then cannot be handed over.
    (surface) => surface !== 'authority' && !offered.includes(surface),
  );
  if (lacking.length > 0)
    throw new TypeError(
      `Expected the new side to have what the old one has; it lacks ${lacking.join(', ')}.`,
    );
  return { old: neededFrom(old), new: neededFrom(other) };
}

function neededFrom(side: StorageAdapter): Needed {
  const { streamRepository: repository, idempotencyStore: tokens } = side;
  if (repository?.withLock === undefined || tokens === undefined)
    throw new TypeError('Expected both sides of a migration to have locks and an idempotency store.');
  return {
    withLock: (streamId, callback, options) =>
      (repository as Required<Pick<typeof repository, 'withLock'>>).withLock(streamId, callback, options),
    tokens,
  };
}

function backfilled(
  sides: Sides,
  needed: Readonly<Record<'old' | 'new', Needed>>,
  bulk: BackfillOptions['bulk'],
): BackfillOptions {
  const tokens = { from: needed.old.tokens, to: needed.new.tokens };
  return { sides, bulk, tokens, copy: async (owed) => copy(sides, owed) };
}

/** Reads may move when they show the same. Throws CONFLICT. */
function mayCutOver({ owed, differences: [first], unread: [unread] }: Comparison): void {
  if (owed === 0 && first === undefined && unread === undefined) return;
  const why =
    unread !== undefined
      ? `the ${unread.kind} of the ${unread.from} side cannot be read (${unread.reason})`
      : owed > 0
        ? `${owed} writes owe it a copy`
        : `${first?.kind} ${JSON.stringify(first?.id)}: ${first?.what}`;
  throw new StorageError(
    'CONFLICT',
    `Expected the new side to show what the old one shows, but it does not: ${why}. Call repair and backfill, and compare.`,
    {
      details: {
        owed,
        ...(first === undefined ? {} : { difference: first }),
        ...(unread === undefined ? {} : { unread }),
      },
    },
  );
}

/** Best effort: what has expired is shown to nobody. */
async function sweepToo(
  tokens: IdempotencyStore,
  stage: Stage,
  limit: number,
  patience: Patience,
): Promise<void> {
  if (!writesBoth(stage)) return;
  try {
    await patience.within(async () => tokens.deleteExpired(limit));
  } catch {
    // The old side goes on without the new one.
  }
}

function notWriting(what: string, stage: Stage): StorageError {
  return new StorageError(
    'CONFLICT',
    `Expected an instance that writes to both sides for ${what}, but it is at the stage ${stage}. Move it to dual first.`,
    { details: { stage } },
  );
}

function noStage(stage: unknown): StorageError {
  return new StorageError(
    'INVALID_RECORD',
    `Expected a stage, one of ${STAGES.join(', ')}, got ${JSON.stringify(stage)?.slice(0, 80)}. Nothing was changed.`,
  );
}

function closed(): StorageError {
  return new StorageError('CLOSED', 'Expected an open instance, but it was closed. Open another one.');
}
