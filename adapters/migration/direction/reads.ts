/** Which side answers a read outside sections. */
import { createHash } from 'node:crypto';
import {
  codeOf,
  READ_SURFACES,
  type Awaitable,
  type ReadShares,
  type ReadSurface,
  type Stage,
  type StorageErrorCode,
} from '../../contract/index.ts';
import type { Patience } from '../copies/patience.ts';
import { same, type Sides, type Stores } from '../sides/sides.ts';

const ALL = 100;

/** The shares of a stage if no order sets others. Tokens are the last to move. */
export function sharesOf(stage: Stage): ReadShares {
  const share = stage === 'cut-over' ? ALL : 0;
  return { ...allAt(share), idempotency: 0 };
}

export function allAt(share: number): ReadShares {
  return { streams: share, users: share, activity: share, idempotency: share, exports: share };
}

export function movesReads(shares: ReadShares): boolean {
  return READ_SURFACES.some((surface) => shares[surface] > 0);
}

/** The surface to which records of a kind belong. */
export const SURFACE_OF: Readonly<Record<keyof Stores, ReadSurface>> = {
  streams: 'streams',
  users: 'users',
  activity: 'activity',
  idempotency: 'idempotency',
  jobs: 'exports',
  audit: 'exports',
};

/** Whether the share contains this key. A key always gets the same answer, and a greater share contains it, too. */
export function isWithin(share: number, key: string | undefined): boolean {
  if (share >= ALL) return true;
  return key !== undefined && share > 0 && placeOf(key) < share;
}

/** Maps a key to a number from 0 to 100, spread evenly. */
function placeOf(key: string): number {
  const hash = createHash('sha256').update(key).digest();
  return (hash.readUInt32BE(0) / 2 ** 32) * ALL;
}

const READS = ['get', 'list', 'scan'] as const;

type Read = (argument: unknown) => Awaitable<unknown>;
type Reads = Readonly<Partial<Record<(typeof READS)[number], Read>>>;

/** Errors that are the caller's fault. The deciding side would reject with them, too. */
const CALLERS: readonly (StorageErrorCode | undefined)[] = [
  'INVALID_CURSOR',
  'INVALID_RECORD',
  'INVALID_TOKEN',
];

/** Reads of the other side. If it does not answer, they go to the deciding side, which shows the same. */
export function readsOf(sides: Pick<Sides, 'from' | 'to'>, patience: Patience): Stores {
  return everyRead(sides, (name, other, deciding, kind) => async (argument) => {
    try {
      const found = await patience.within(async () => other(argument));
      // A stored answer must be replayed even if only the deciding side has it.
      return found === undefined && kind === 'idempotency' && name === 'get'
        ? await deciding(argument)
        : found;
    } catch (error) {
      if (CALLERS.includes(codeOf(error))) throw error;
      return deciding(argument);
    }
  });
}

/** Reads of the deciding side. Their answers are compared with those of the other side afterwards; callers do not wait. */
export function shadowed(
  sides: Pick<Sides, 'from' | 'to'>,
  patience: Patience,
  onCompared: (isSame: boolean) => void,
): Stores {
  return everyRead(sides, (_, other, deciding) => async (argument) => {
    const answer = await deciding(argument);
    const compare = async (): Promise<void> => {
      const seen = await patience.within(async () => other(argument));
      // A record that was written meanwhile does not count as a difference.
      onCompared(same(seen, answer) || !same(await deciding(argument), answer));
    };
    void compare().catch(() => undefined);
    return answer;
  });
}

function everyRead(
  { from, to }: Pick<Sides, 'from' | 'to'>,
  change: (name: (typeof READS)[number], other: Read, deciding: Read, kind: keyof Stores) => Read,
): Stores {
  const kinds = Object.keys(from) as (keyof Stores)[];
  const changed = kinds.map((kind) => {
    const deciding = from[kind] as Reads;
    const other = to[kind] as Reads | undefined;
    const reads = READS.flatMap((name): [string, Read][] => {
      if (deciding[name] === undefined) return [];
      // Methods are looked up at each call, because a test may replace the methods of a side to make it fail.
      const read: Read = (argument) => (deciding as Required<Reads>)[name](argument);
      if (other?.[name] === undefined) return [[name, read]];
      return [[name, change(name, (argument) => (other as Required<Reads>)[name](argument), read, kind)]];
    });
    return [kind, Object.fromEntries(reads)];
  });
  return Object.fromEntries(changed) as Stores;
}
