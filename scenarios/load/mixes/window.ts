/** Which streams a plan may pick from: all of them, or, where streams are used up, a window that moves on to new ones. */
import type { StreamStatus } from '../../../adapters/contract/index.ts';
import type { Operation, Workload } from '../../../adapters/protocol/types.ts';
import type { Random } from '../../random.ts';
import type { Scale } from './types.ts';

/** A lifecycle stream has a handful of effects in it; after so many requests the window leaves it behind. */
const OPERATIONS_A_STREAM = 8;
/** The most streams that are created before a load. More are created while it goes on, so many ahead. */
export const STOCK = 1500;

/** Whether streams have a handful of effects in them. Others live on, and a plan keeps to those that it began with. */
export function usesUpStreams(workload: Workload): boolean {
  return workload === 'lifecycle';
}

export interface Window {
  /** How many streams the plan needs. */
  readonly total: number;
  /** The stream at `place` (below `width`) of the window at a driver's operation number `operation`. */
  at(operation: number, place: number): number;
}

/** `width` streams at a time. */
export function createWindow(scale: Scale, width: number): Window {
  if (!usesUpStreams(scale.workload)) return { total: width, at: (_operation, place) => place % width };
  return {
    total: width + Math.ceil((scale.operations + scale.drivers) / OPERATIONS_A_STREAM),
    // All drivers stand at about the same operation, so their windows overlap and they meet.
    at: (operation, place) => Math.floor((operation * scale.drivers) / OPERATIONS_A_STREAM) + (place % width),
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
 * Twice as much is asked for as is released, so that the share of withdrawals that are not covered stays what it is: were
 * more released than is asked for, streams would fill up, and soon none would be refused.
 */
const MAX_AMOUNT: Readonly<Record<'settle' | 'withdraw', number>> = { settle: 1000, withdraw: 2000 };

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

/** Balance streams are active; lifecycle streams start in every status that lets something happen. */
export function variedStatuses(workload: Workload): readonly StreamStatus[] {
  return workload === 'balance' ? ['active'] : LIFECYCLE_STARTS;
}
