/** Which streams a plan may pick from: all of them, or, when streams are used up, a window that moves on. */
import type { StreamStatus } from '../../../adapters/contract/index.ts';
import type { Operation, Workload } from '../../../adapters/protocol/types.ts';
import type { Random } from '../../random.ts';
import type { Scale } from './types.ts';

/** A lifecycle stream has a handful of effects in it; after so many requests the window leaves it behind. */
const OPERATIONS_A_STREAM = 8;
/** Bounds the time and the memory of seeding. A longer run goes round and meets streams that have ended. */
const MAX_STREAMS = 20_000;

export interface Window {
  /** How many streams the run needs. */
  readonly total: number;
  /** The stream at `place` (below `width`) of the window at a driver's operation number `operation`. */
  at(operation: number, place: number): number;
}

/** `width` streams at a time. Balance streams live on, so that the window stays. */
export function createWindow(scale: Scale, width: number): Window {
  if (scale.workload === 'balance') return { total: width, at: (_operation, place) => place % width };
  const total = Math.min(MAX_STREAMS, width + Math.ceil(scale.operations / OPERATIONS_A_STREAM));
  return {
    total,
    // All drivers stand at about the same operation, so their windows overlap and they meet.
    at: (operation, place) =>
      (Math.floor((operation * scale.drivers) / OPERATIONS_A_STREAM) + (place % width)) % total,
  };
}

const LIFECYCLE: readonly Operation[] = [
  'start',
  'pause',
  'start',
  'stop',
  'settle',
  'settle',
  'settle',
  'withdraw',
  'withdraw',
  'withdraw',
];
/** Slightly more is released than withdrawn, so that most withdrawals are covered and some are refused. */
const SETTLE_SHARE = 0.55;
const MAX_AMOUNT = 1000;

/** What to do with a stream, with its amount where the workload has one. */
export function pickEffect(
  random: Random,
  workload: Workload,
): { readonly operation: Operation; readonly amount?: string } {
  switch (workload) {
    case 'lifecycle':
      return { operation: random.pick(LIFECYCLE) };
    case 'balance': {
      const operation = random.fraction() < SETTLE_SHARE ? 'settle' : 'withdraw';
      return { operation, amount: pickAmount(random) };
    }
    default:
      throw new TypeError(`Unknown workload: ${String(workload satisfies never)}`);
  }
}

export function pickAmount(random: Random): string {
  return String(1 + random.integer(MAX_AMOUNT));
}

const LIFECYCLE_STARTS: readonly StreamStatus[] = ['active', 'draft', 'active', 'paused'];

/** Balance streams are active; lifecycle streams start in every status that lets something happen. */
export function variedStatus(number: number, workload: Workload): StreamStatus {
  return workload === 'balance'
    ? 'active'
    : (LIFECYCLE_STARTS[number % LIFECYCLE_STARTS.length] as StreamStatus);
}
