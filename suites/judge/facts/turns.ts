/** Turns journals into turns of workers: which export job a worker was given, and how the worker ended it. */
import type { WorkCall, WorkOutcome } from '../../../adapters/protocol/work.ts';
import type { Journal, JournalEntry } from '../../../scenarios/evidence/model/journal.ts';

/** A call of the store, in nanoseconds. */
export interface TimedCall {
  readonly call: number;
  /** Infinity: it never came back. */
  return: number;
  outcome: WorkOutcome;
}

export interface FinishCall extends TimedCall {
  readonly how: 'complete' | 'fail';
  /** The file that `complete` hands in. */
  readonly url: string | undefined;
}

/** One turn. Without a job, the worker was given none, or never got the answer. */
export interface Turn {
  readonly service: number;
  readonly claim: TimedCall;
  /** Nanoseconds. */
  readonly lease: number;
  job: string | undefined;
  attempts: number | undefined;
  readonly heartbeats: TimedCall[];
  finish: FinishCall | undefined;
}

/** A turn with a job. */
export type JobTurn = Turn & { readonly job: string; readonly attempts: number };

const NS_PER_MS = 1e6;

export function turnsIn(journals: readonly Journal[]): Turn[] {
  return journals.flatMap((journal) => turnsOf(journal));
}

export function hasJob(turn: Turn): turn is JobTurn {
  return turn.job !== undefined;
}

function turnsOf({ service, entries }: Journal): Turn[] {
  const turns = new Map<number, Turn>();
  for (const entry of entries) {
    if (entry.type === 'workCall') called(turns, service, entry);
    else if (entry.type === 'workReturn') returned(turns.get(entry.turn), entry);
  }
  return [...turns.values()];
}

function called(
  turns: Map<number, Turn>,
  service: number,
  entry: Extract<JournalEntry, { type: 'workCall' }>,
): void {
  const { turn, at, call, leaseMs = 0, url } = entry;
  const timed: TimedCall = { call: at, return: Infinity, outcome: 'unknown' };
  const known = turns.get(turn);
  switch (call) {
    case 'claim':
      turns.set(turn, {
        service,
        claim: timed,
        lease: leaseMs * NS_PER_MS,
        job: undefined,
        attempts: undefined,
        heartbeats: [],
        finish: undefined,
      });
      return;
    case 'heartbeat':
      known?.heartbeats.push(timed);
      return;
    case 'complete':
    case 'fail':
      if (known !== undefined) known.finish = { ...timed, how: call, url };
      return;
    default:
      call satisfies never;
  }
}

function returned(turn: Turn | undefined, entry: Extract<JournalEntry, { type: 'workReturn' }>): void {
  if (turn === undefined) return;
  const call = callOf(turn, entry.call);
  if (call === undefined) return;
  call.return = entry.at;
  call.outcome = entry.outcome;
  if (entry.job === undefined) return;
  turn.job = entry.job;
  turn.attempts = entry.attempts;
}

function callOf({ claim, heartbeats, finish }: Turn, call: WorkCall): TimedCall | undefined {
  switch (call) {
    case 'claim':
      return claim;
    case 'heartbeat':
      return heartbeats.at(-1);
    case 'complete':
    case 'fail':
      return finish;
    default:
      return call satisfies never;
  }
}
