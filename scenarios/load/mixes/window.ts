/** The streams that a plan may pick: all of them, or, if streams are used up, a window that moves on to new ones. */
import type { StreamStatus } from '../../../adapters/contract/index.ts';
import type { Operation, Workload } from '../../../adapters/protocol/types.ts';
import type { Random } from '../../random.ts';
import type { Scale } from './types.ts';

/** The window leaves a lifecycle stream after this many requests, because only a handful can have effects. */
const OPERATIONS_PER_STREAM = 8;
/** The most streams that are created before a load. During the load, streams are created this far ahead. */
export const STOCK = 1500;

/**
 * Whether only a handful of requests for a stream can have effects. Other streams can be used without end, and a plan
 * keeps to its first ones.
 */
export function usesUpStreams(workload: Workload): boolean {
  return workload === 'lifecycle';
}

export interface Window {
  /** The number of streams that the plan needs. */
  readonly total: number;
  /** The stream at `place` (below `width`) of the window, when a driver plans its operation number `operation`. */
  at(operation: number, place: number): number;
}

/** A window of `width` streams. */
export function createWindow(scale: Scale, width: number): Window {
  if (!usesUpStreams(scale.workload)) return { total: width, at: (_operation, place) => place % width };
  return {
    total: width + Math.ceil((scale.operations + scale.drivers) / OPERATIONS_PER_STREAM),
    // All drivers are at about the same operation, so their windows overlap and their requests meet.
    at: (operation, place) =>
      Math.floor((operation * scale.drivers) / OPERATIONS_PER_STREAM) + (place % width),
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
const SETTLE_SHARE = 0.5;
/**
 * Withdrawals ask for twice as much as settles release, so that the share of uncovered withdrawals stays the same. If
 * more were released than is asked for, streams would fill up, and soon no withdrawal would be refused.
 */
const MAX_AMOUNT: Readonly<Record<'settle' | 'withdraw', number>> = { settle: 1000, withdraw: 2000 };

/** What to do with a stream, with an amount if the workload has amounts. */
export function pickEffect(
  random: Random,
  workload: Workload,
): { readonly operation: Operation; readonly amount?: string } {
  switch (workload) {
    case 'lifecycle':
      return { operation: random.pick(LIFECYCLE) };
    case 'balance': {
      const operation = random.fraction() < SETTLE_SHARE ? 'settle' : 'withdraw';
      return { operation, amount: pickAmount(random, operation) };
    }
    default:
      throw new TypeError(`Unknown workload: ${String(workload satisfies never)}`);
  }
}

export function pickAmount(random: Random, operation: 'settle' | 'withdraw'): string {
  return String(1 + random.integer(MAX_AMOUNT[operation]));
}

const LIFECYCLE_STARTS: readonly StreamStatus[] = ['active', 'draft', 'active', 'paused'];

/** Balance streams are active. Lifecycle streams start in every status in which something can happen. */
export function variedStatuses(workload: Workload): readonly StreamStatus[] {
  return workload === 'balance' ? ['active'] : LIFECYCLE_STARTS;
}
