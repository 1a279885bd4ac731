/** One direction of a move: the deciding side, the other side, and everything that depends on which is which. */
import type {
  AuthorityView,
  MigrationSide,
  ReadShares,
  Stage,
  StorageAdapter,
  Writer,
} from '../../contract/index.ts';
import { Outbox } from '../copies/outbox.ts';
import type { Patience } from '../copies/patience.ts';
import { isWithin, readsOf, shadowed, SURFACE_OF } from './reads.ts';
import { bridgedLock } from './bridge.ts';
import { isInSection, owingLock, plainLock } from './section.ts';
import { partsOf, type SideParts, type Sides, type Stores, type WithLock } from '../sides/sides.ts';
import { createStores, type Surfaces } from './stores.ts';
import type { Write } from '../sides/tracked.ts';

export type SidePair = Readonly<Record<MigrationSide, StorageAdapter>>;

/** What the instance must do now. It is read when an operation starts. */
export interface Course {
  readonly stage: Stage;
  readonly shares: ReadShares;
  readonly shadow: boolean;
}

export interface DirectionOptions {
  readonly sides: SidePair;
  /** Who decides. */
  readonly view: AuthorityView & { readonly decides: MigrationSide };
  readonly course: () => Course;
  /** The patience with the side that does not decide. */
  readonly patience: Patience;
  readonly writeBoundMs: number;
  readonly copyBoundMs: number;
  /** Whether every answered write can be read on the other side, so that reads may go there. */
  readonly mayReadOther: () => boolean;
  readonly onOwed: () => Promise<void>;
  /** How long anything waits for the other side before `onOwed` is called in advance, in milliseconds. */
  readonly doubtMs: number;
  readonly onClear: () => void;
  readonly onShadowed: (isSame: boolean) => void;
}

export interface Direction {
  readonly view: DirectionOptions['view'];
  readonly from: SideParts;
  readonly to: SideParts;
  readonly sides: Sides;
  readonly patience: Patience;
  readonly outbox: Outbox;
  /** Whether writes that begin now are copied. */
  readonly copies: () => boolean;
  readonly surfaces: Surfaces;
}

export function otherSide(side: MigrationSide): MigrationSide {
  return side === 'old' ? 'new' : 'old';
}

export function writesBoth(stage: Stage): boolean {
  return stage === 'dual' || stage === 'cut-over';
}

/** From which side copies are made, and to which, for writers of this epoch. */
export function sidesFor(from: SideParts, to: SideParts, other: StorageAdapter, epoch: number): Sides {
  const { authority } = other;
  const writer: Writer = { epoch, role: 'copying' };
  return {
    from: from.stores,
    to: to.stores,
    withLock: to.withLock,
    ...(authority === undefined ? {} : { remove: async (kind, id) => authority.remove(writer, kind, id) }),
  };
}

export function createDirection(options: DirectionOptions): Direction {
  const { sides: adapters, view, course, patience } = options;
  const { decides, epoch, finished } = view;
  const other = adapters[otherSide(decides)];
  const from = partsOf(asWriter(adapters[decides], { epoch, role: 'deciding' }));
  const to = partsOf(asCopier(other, epoch));
  const sides = sidesFor(from, to, other, epoch);
  const outbox = new Outbox({
    sides,
    store: from.tokens,
    writeBoundMs: options.writeBoundMs,
    copyBoundMs: options.copyBoundMs,
    patience,
    onOwed: options.onOwed,
    doubtMs: options.doubtMs,
    onClear: options.onClear,
  });
  const copies = (): boolean => !finished && (decides === 'new' || writesBoth(course().stage));
  const write: Write = async (owed, action, learned) =>
    copies() ? outbox.around(owed, action, learned) : action();
  const surfaces = createStores(
    from.adapter,
    {
      reads: readsFor(options, sides),
      write,
      sweep: async (limit) => {
        if (copies()) await sweepToo(to, limit, patience);
      },
    },
    lockFor(options, { from, to, outbox, copies }),
  );
  return { view, from, to, sides, patience, outbox, copies, surfaces };
}

/** If the side cannot be asked now, each copy fails separately, and the deciding side goes on without it. */
function asCopier(adapter: StorageAdapter, epoch: number): StorageAdapter {
  try {
    return asWriter(adapter, { epoch, role: 'copying' });
  } catch {
    return adapter;
  }
}

function asWriter(adapter: StorageAdapter, writer: Writer): StorageAdapter {
  return writer.epoch === 0 || adapter.authority === undefined ? adapter : adapter.authority.as(writer);
}

function lockFor(
  { view: { epoch, finished, decides }, course, patience }: DirectionOptions,
  { from, to, outbox, copies }: Pick<Direction, 'from' | 'to' | 'outbox' | 'copies'>,
): WithLock {
  const alone = plainLock(from.withLock, epoch);
  const both = bridgedLock({ from: from.withLock, to: to.withLock, patience, hasEpoch: epoch > 0 });
  const bridged = plainLock(both, epoch);
  const owing = owingLock(both, outbox, epoch);
  return (streamId, callback, options) => {
    if (finished || (decides === 'old' && course().stage === 'before'))
      return alone(streamId, callback, options);
    return (copies() ? owing : bridged)(streamId, callback, options);
  };
}

/** The deciding side answers all reads outside the share, and all reads while the other side may lack records. */
function readsFor(
  { view, course, patience, mayReadOther, onShadowed }: DirectionOptions,
  sides: Sides,
): <K extends keyof Stores>(kind: K, key: string | undefined) => NonNullable<Stores[K]> {
  const there = readsOf(sides, patience);
  const compared = shadowed(sides, patience, onShadowed);
  const isMoving = view.decides === 'old' && !view.finished;
  const storesFor = (kind: keyof Stores, key: string | undefined): Stores => {
    if (!isMoving || !patience.isPrompt || isInSection()) return sides.from;
    const { shares, shadow } = course();
    if (isWithin(shares[SURFACE_OF[kind]], key) && mayReadOther()) return there;
    return shadow ? compared : sides.from;
  };
  return (kind, key) => storesFor(kind, key)[kind] as NonNullable<Stores[typeof kind]>;
}

/** Removes expired records on the other side, too, if that is possible now. Nobody is shown them in any case. */
async function sweepToo({ tokens }: SideParts, limit: number, patience: Patience): Promise<void> {
  if (!patience.isPrompt) return;
  try {
    await patience.within(async () => tokens.deleteExpired(limit));
  } catch {
    // The deciding side goes on without the other one.
  }
}
