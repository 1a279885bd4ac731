/** An adapter over two others, which moves records from one to the other while both are in use. */
import { surfacesOf, type Stage, type StorageAdapter } from '../contract/index.ts';
import type { SidePair } from './direction/direction.ts';
import { facadeOf } from './direction/facade.ts';
import { Instance } from './instance.ts';
import { Move } from './move.ts';
import { partsOf } from './sides/sides.ts';

export interface MigrationOptions {
  /** The storage to move from: it decides until the authority is handed over. It needs locks and an idempotency store. */
  readonly old: StorageAdapter;
  /** The storage to move to. It needs every surface that the old one has. */
  readonly new: StorageAdapter;
  /** Where the instance starts. Default `before`: as if the new side were not there. */
  readonly stage?: Stage;
  /** Whether the instance obeys orders to the fleet, and is seen by who gives them. Default false: moveTo alone moves it. */
  readonly follow?: boolean;
  /**
   * How long a call of the deciding side takes at most, in milliseconds. Repair takes a write that its process has not ended
   * after that time for one that nobody will end. Default 60,000.
   */
  readonly writeBoundMs?: number;
  /**
   * The longest that anything waits for the side that does not decide, in milliseconds: a section for its lock, an answer for
   * its copy, a read. Shorter than the deciding side lets a section idle. Default 1,000.
   */
  readonly newSideBoundMs?: number;
  /**
   * A side that does not decide and answers later than this, in milliseconds, several times in a row and each time far later
   * than the deciding one, is not waited for: copies are made later, and reads go to the deciding side. Default 40.
   */
  readonly slowMs?: number;
  /** How often the instance asks who decides and what it is told, in milliseconds. Default 250. */
  readonly pollMs?: number;
  /** The longest that an operation waits while neither side decides, in milliseconds. Default 5,000. */
  readonly gapBoundMs?: number;
}

/**
 * Throws TypeError when a side lacks what it needs. The adapter has the surfaces of the old side; it closes both.
 * Tokens of the scope `migration` are its own.
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
    // A side without `authority` is moved to or from; who decides then cannot be handed over.
    (surface) => surface !== 'authority' && !offered.includes(surface),
  );
  if (lacking.length > 0)
    throw new TypeError(
      `Expected the new side to have what the old one has; it lacks ${lacking.join(', ')}.`,
    );
  partsOf(old);
  partsOf(other);
}
