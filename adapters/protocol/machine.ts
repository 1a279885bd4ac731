/**
 * The state machine of streams, as data and as one pure function. The service uses it to execute requests, and the
 * judge's models use it to replay them.
 */
import { StorageError, type StreamStatus } from '../contract/index.ts';
import type { Operation, Workload } from './types.ts';

/** The part of a stream that decides about an operation. Amounts are decimal strings in minor units. */
export interface MachineState {
  readonly status: StreamStatus;
  readonly revision: number;
  readonly releasedAmount: string;
  readonly withdrawnAmount: string;
  readonly totalAmount: string;
}

export interface MachineRequest {
  readonly operation: Operation;
  readonly workload: Workload;
  /** Required for settle and withdraw of the balance workload: see `needsAmount`. */
  readonly amount?: string;
}

export const REFUSAL_CODES = [
  /** The status does not allow the operation. */
  'INVALID_STATE',
  /** Balance: more would be released than the stream's total. */
  'OVER_TOTAL',
  /** Balance: more would be withdrawn than was released. */
  'NOT_COVERED',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export type MachineOutcome =
  /** `payoutAmount`: the amount to pay, in minor units, possibly "0". Only for settle and withdraw. */
  | { readonly kind: 'effect'; readonly next: MachineState; readonly payoutAmount?: string }
  /** A success that changes nothing. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly code: RefusalCode };

/** The next status, or `unchanged`. Without an entry the operation is refused. */
export type Transitions = Readonly<
  Record<StreamStatus, Readonly<Partial<Record<Operation, StreamStatus | 'unchanged'>>>>
>;

export const LIFECYCLE: Transitions = {
  draft: { start: 'active', stop: 'ended' },
  active: { start: 'unchanged', pause: 'paused', stop: 'ended', settle: 'ended' },
  paused: { start: 'active', pause: 'unchanged', stop: 'ended', settle: 'ended' },
  ended: { stop: 'unchanged', settle: 'unchanged', withdraw: 'withdrawn' },
  withdrawn: { withdraw: 'unchanged' },
  cancelled: {},
};

/** Start, pause and stop as in the lifecycle; settle and withdraw move amounts and keep the status. */
export const BALANCE: Transitions = {
  ...LIFECYCLE,
  active: { ...LIFECYCLE.active, settle: 'active', withdraw: 'active' },
  paused: { ...LIFECYCLE.paused, settle: 'paused', withdraw: 'paused' },
  ended: { stop: 'unchanged', withdraw: 'ended' },
  withdrawn: {},
};

/** Whether the request must name an amount. */
export function needsAmount({ operation, workload }: MachineRequest): boolean {
  return workload === 'balance' && (operation === 'settle' || operation === 'withdraw');
}

const AMOUNT = /^[1-9]\d{0,37}$/;

/** Throws INVALID_RECORD unless the request names a positive amount exactly when it needs one. */
export function checkAmount(request: MachineRequest): void {
  const { amount } = request;
  const isValid = needsAmount(request)
    ? typeof amount === 'string' && AMOUNT.test(amount)
    : amount === undefined;
  if (isValid) return;
  const expected = needsAmount(request) ? 'a positive amount of at most 38 digits' : 'no amount';
  throw new StorageError(
    'INVALID_RECORD',
    `Expected ${expected} for ${request.operation}, got ${JSON.stringify(amount)}. Nothing was changed.`,
  );
}

/** Applies `request` to a stream in `state`. Throws INVALID_RECORD: see `checkAmount`. */
export function applyOperation(state: MachineState, request: MachineRequest): MachineOutcome {
  checkAmount(request);
  const transitions = request.workload === 'balance' ? BALANCE : LIFECYCLE;
  const target = transitions[state.status][request.operation];
  if (target === undefined) return { kind: 'refused', code: 'INVALID_STATE' };
  if (target === 'unchanged') return { kind: 'unchanged' };
  const next = { ...state, status: target, revision: state.revision + 1 };
  if (request.operation === 'settle') return settle(state, next, request.amount);
  if (request.operation === 'withdraw') return withdraw(state, next, request.amount);
  return { kind: 'effect', next };
}

/** Releases `amount`, or all that is left. */
function settle(state: MachineState, next: MachineState, amount: string | undefined): MachineOutcome {
  const left = BigInt(state.totalAmount) - BigInt(state.releasedAmount);
  const moved = amount === undefined ? left : BigInt(amount);
  if (moved > left) return { kind: 'refused', code: 'OVER_TOTAL' };
  const releasedAmount = String(BigInt(state.releasedAmount) + moved);
  return { kind: 'effect', next: { ...next, releasedAmount }, payoutAmount: String(moved) };
}

/** Takes `amount`, or all that was released and not yet taken. */
function withdraw(state: MachineState, next: MachineState, amount: string | undefined): MachineOutcome {
  const covered = BigInt(state.releasedAmount) - BigInt(state.withdrawnAmount);
  const moved = amount === undefined ? covered : BigInt(amount);
  if (moved > covered) return { kind: 'refused', code: 'NOT_COVERED' };
  const withdrawnAmount = String(BigInt(state.withdrawnAmount) + moved);
  return { kind: 'effect', next: { ...next, withdrawnAmount }, payoutAmount: String(moved) };
}
