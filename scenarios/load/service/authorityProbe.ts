/**
 * Repeatedly sends writes that change nothing to both sides of a move, to see which writers each side accepts at every
 * moment. Consecutive equal results share one line.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  codeOf,
  idempotencyToken,
  type Authority,
  type AuthorityState,
  type IdempotencyStore,
  type StorageAdapter,
} from '../../../adapters/contract/index.ts';
import type { RunClock } from './journal.ts';
import { openEvidence, type EvidenceStream, type OnUnwritten } from '../../evidence/evidenceStream.ts';
import { SIDES, type Side } from './migrating.ts';

/** The writer of the write: one without an epoch, one of the side's own epoch, or one of an earlier epoch. */
export const ASKED_AS = ['unmarked', 'deciding', 'outdated'] as const;
export type AskedAs = (typeof ASKED_AS)[number];
export const ASKED_OUTCOMES = ['accepted', 'refused', 'unknown'] as const;

/** The result of the same write, for as long as it did not change. Times are in ns since the run's start. */
export interface ProbeLine {
  readonly type: 'probe';
  readonly side: Side;
  readonly as: AskedAs;
  /** The side's epoch, which was read before. For an outdated writer, the epoch of the write. */
  readonly epoch: number;
  readonly outcome: (typeof ASKED_OUTCOMES)[number];
  /** When the first and the last of these writes were sent and answered. */
  readonly call: number;
  readonly return: number;
  readonly lastCall: number;
  readonly lastReturn: number;
  readonly count: number;
}

export interface ProbeOptions {
  readonly sides: Readonly<Record<Side, StorageAdapter>>;
  readonly path: string;
  readonly now: RunClock;
  /** The pause between two writes of one kind on one side, in milliseconds. */
  readonly everyMs: number;
  readonly onUnwritten: OnUnwritten;
}

export interface AuthorityProbe {
  /** Resolves when no write is in progress and all results are written. */
  stop(): Promise<void>;
}

/** A line is written after at most this many equal results. */
const MAX_PER_LINE = 200;

/** Sides without an authority are not asked. */
export function probeAuthority({ sides, path, now, everyMs, onUnwritten }: ProbeOptions): AuthorityProbe {
  const stream = openEvidence(path, { onUnwritten });
  const over = new AbortController();
  const asking = SIDES.map((side) =>
    askOne({ side, adapter: sides[side], stream, now, everyMs }, over.signal),
  );
  return {
    async stop() {
      over.abort();
      await Promise.race([Promise.allSettled(asking), sleep(LAST_MS)]);
      stream.close();
    },
  };
}

/** How long to wait at the end for a write that hangs, in milliseconds. */
const LAST_MS = 1000;

interface Asking {
  readonly side: Side;
  readonly adapter: StorageAdapter;
  readonly stream: EvidenceStream;
  readonly now: RunClock;
  readonly everyMs: number;
}

async function askOne({ side, adapter, stream, now, everyMs }: Asking, over: AbortSignal): Promise<void> {
  const { authority, idempotencyStore } = adapter;
  if (authority === undefined || idempotencyStore === undefined) return;
  const writers = writersOf(authority);
  const runs = new Map<AskedAs, ProbeLine>();
  const end = (as: AskedAs): void => {
    const line = runs.get(as);
    if (line !== undefined) stream.add(line);
    runs.delete(as);
  };
  const ask = async (as: AskedAs, epoch: number, store: IdempotencyStore | undefined): Promise<void> => {
    if (store === undefined) return;
    const call = now();
    const outcome = await tried(store);
    const back = now();
    const run = runs.get(as);
    if (run?.epoch === epoch && run.outcome === outcome && run.count < MAX_PER_LINE) {
      runs.set(as, { ...run, lastCall: call, lastReturn: back, count: run.count + 1 });
      return;
    }
    end(as);
    const times = { call, return: back, lastCall: call, lastReturn: back };
    runs.set(as, { type: 'probe', side, as, epoch, outcome, ...times, count: 1 });
  };
  for (let round = 0; !over.aborted; round += 1) {
    const next = sleep(everyMs, undefined, { signal: over }).catch(() => {});
    const state = await stateOf(authority);
    // Before the first epoch, every side accepts every write.
    if (state?.epoch === 0) await ask('unmarked', 0, idempotencyStore);
    else if (state !== undefined) {
      await ask('deciding', state.epoch, writers(state.epoch));
      // Half as often, because the same rule refuses both.
      if (round % 2 === 0) await ask('unmarked', state.epoch, idempotencyStore);
      else if (state.epoch > 1) await ask('outdated', state.epoch - 1, writers(state.epoch - 1));
    }
    await next;
  }
  for (const as of ASKED_AS) end(as);
}

/** The tokens of the side for deciding writers of an epoch. */
function writersOf(authority: Authority): (epoch: number) => IdempotencyStore | undefined {
  const known = new Map<number, StorageAdapter>();
  return (epoch) => {
    const writer = known.get(epoch) ?? authority.as({ epoch, role: 'deciding' });
    known.set(epoch, writer);
    return writer.idempotencyStore;
  };
}

async function stateOf(authority: Authority): Promise<AuthorityState | undefined> {
  try {
    return await authority.get();
  } catch {
    // The side is down. It is asked again later.
    return undefined;
  }
}

/** A token that nobody has stored: a storage that accepts its deletion has changed nothing. */
const NOBODYS = idempotencyToken('migration', 'probe-of-who-may-write');

async function tried(store: IdempotencyStore): Promise<ProbeLine['outcome']> {
  try {
    await store.delete(NOBODYS);
    return 'accepted';
  } catch (error) {
    return codeOf(error) === 'FENCED' ? 'refused' : 'unknown';
  }
}
