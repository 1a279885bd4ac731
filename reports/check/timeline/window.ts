/** Chooses which operations of a key are drawn if it has too many. */
import type { Operation } from '../../../suites/checker/operation.ts';
import type { KeyResult } from '../../../suites/checker/result.ts';

/** The share of drawn operations that were called before the faulty one. */
const SHARE_BEFORE = 0.75;

/**
 * Ids in the order of their calls, at most `limit`: the core, and the operations that were called around the faulty
 * one.
 */
export function windowOf(key: KeyResult, limit: number): number[] {
  const { operations, explanation } = key;
  const called = (id: number): number => (operations[id] as Operation).call;
  const byCall = [...operations.keys()].sort((a, b) => called(a) - called(b) || a - b);
  if (byCall.length <= limit) return byCall;
  const origins = explanation?.core.origins ?? [];
  const kept = new Set(origins.length <= limit / 2 ? origins : []);
  const fault = faultOf(key);
  // What led to the fault matters more than what followed.
  const before = fault === undefined ? 0 : byCall.indexOf(fault) - Math.floor(limit * SHARE_BEFORE);
  const start = Math.max(0, Math.min(before, byCall.length - limit));
  for (let at = start; at < byCall.length && kept.size < limit; at += 1) kept.add(byCall[at] as number);
  return byCall.filter((id) => kept.has(id));
}

function faultOf({ explanation, unwritten, versions, reached, verdict }: KeyResult): number | undefined {
  if (verdict !== 'illegal') return undefined;
  const core = explanation?.core;
  const blocked = core?.prefix.stuck[0];
  if (core !== undefined && blocked !== undefined) return core.origins[blocked.operation];
  return unwritten?.operation ?? versions?.operation ?? reached?.stuck[0]?.operation;
}
