/** An adapter over two others. It moves records from one to the other while both are in use. */
import { surfacesOf, type Stage, type StorageAdapter } from '../contract/index.ts';
import type { SidePair } from './direction/direction.ts';
import { facadeOf } from './direction/facade.ts';
import { Instance } from './instance.ts';
import { Move } from './move.ts';
import { partsOf } from './sides/sides.ts';

export interface MigrationOptions {
  /** The storage to move from. It decides until the authority is handed over. It needs locks and an idempotency store. */
  readonly old: StorageAdapter;
  /** The storage to move to. It needs every surface that the old one has. */
  readonly new: StorageAdapter;
  /** The stage in which the instance starts. Default `before`: as if there were no new side. */
  readonly stage?: Stage;
  /** Whether the instance registers in the fleet and obeys orders. Default false: only `moveTo` changes its stage. */
  readonly follow?: boolean;
  /**
   * How long a call of the deciding side takes at most, in milliseconds. After that time repair assumes that a write without
   * an end was interrupted. Default 60,000.
   */
  readonly writeBoundMs?: number;
  /**
   * How long anything waits at most for the side that does not decide, in milliseconds: a section for its lock, an answer for
   * its copy, a read. It must be shorter than the deciding side lets a section idle. Default 1,000.
   */
  readonly newSideBoundMs?: number;
  /**
   * When the side that does not decide is slow. It is slow if it takes longer than this, in milliseconds, several times in a
   * row, and each time far longer than the deciding side. Nothing waits for a slow side: copies are made later, and reads go
   * to the deciding side. Default 40.
   */
  readonly slowMs?: number;
  /** How often the instance asks who decides and what the latest order is, in milliseconds. Default 250. */
  readonly pollMs?: number;
  /** How long an operation waits at most while neither side decides, in milliseconds. Default 5,000. */
  readonly gapBoundMs?: number;
}

/**
 * Throws TypeError if a side lacks what it needs. The adapter has the surfaces of the old side, and closes both sides. It
 * keeps tokens of the scope `migration` for itself.
 */
export function createMigratingAdapter({
  old,
  new: other,
  stage = 'before',
  follow = false,
  writeBoundMs = 60_000,
  newSideBoundMs = 1000,
  slowMs = 40,
  pollMs = 250,
  gapBoundMs = 5000,
}: MigrationOptions): StorageAdapter {
  const sides: SidePair = { old, new: other };
  refuseUnfit(sides);
  const instance: Instance = new Instance({
    sides,
    stage,
    follow,
    writeBoundMs,
    newSideBoundMs,
    slowMs,
    pollMs,
    gapBoundMs,
    onGap: () => move.giveBackForTheDead(),
  });
  const move = new Move({ sides, instance, newSideBoundMs });
  let closing: Promise<void> | undefined;
  return {
    ...facadeOf(instance.current.surfaces, instance.run),
    migration: move.surface,
    async close() {
      closing ??= closeAll(instance, move, sides);
      await closing;
    },
    [Symbol.asyncDispose]() {
      return this.close();
    },
  };
}

async function closeAll(instance: Instance, move: Move, { old, new: other }: SidePair): Promise<void> {
  await move.leave();
  instance.stop();
  const closed = await Promise.allSettled([other.close(), old.close()]);
  for (const one of closed) if (one.status === 'rejected') throw one.reason;
}

function refuseUnfit({ old, new: other }: SidePair): void {
  const offered = surfacesOf(other);
  const lacking = surfacesOf(old).filter(
    // Records can also be moved from or to a side without `authority`. Only the authority cannot be handed over then.
    (surface) => surface !== 'authority' && !offered.includes(surface),
  );
  if (lacking.length > 0)
    throw new TypeError(
      `Expected the new side to have every surface that the old one has; it lacks ${lacking.join(', ')}.`,
    );
  partsOf(old);
  partsOf(other);
}
