/** Steps of executions under claims, and their results. */
import {
  RETRYABLE_CODES,
  type BeginResult,
  type StorageErrorCode,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, SavedArgument, Step } from '../../../scenarios/host/language/program.ts';
import { direct, saved } from '../../harness/cases/generate.ts';
import { calls, codeOf, valueOf, whoOf } from '../../harness/judging/observe.ts';
import type { Failure, TrialRun } from '../../harness/engine/property.ts';
import { FINGERPRINT, replayOf } from '../../harness/cases/records.ts';

/** The actor's latest claim. A step that uses it is skipped if `begin` gave none. */
export const CLAIM: SavedArgument = { $saved: 'begun', path: 'claim' };

export function begin(token: string, leaseMs: number, fingerprint: string = FINGERPRINT): CallStep {
  return saved('begun', direct('idempotency.begin', token, fingerprint, leaseMs));
}

export function finish(
  token: string,
  actor: number,
  claim: SavedArgument | string = CLAIM,
  fingerprint?: string,
): CallStep {
  return direct(
    'idempotency.finish',
    claim,
    replayOf(token, { body: bodyOf(actor), ...defined({ fingerprint }) }),
  );
}

export const abandon: Step = direct('idempotency.abandon', CLAIM);

/** The answer that an actor stores. */
export function bodyOf(actor: number): string {
  return `"by actor ${actor + 1}"`;
}

/** The answer to `begin`. Undefined if it failed. */
export function begunBy(record: StepRecord): BeginResult | undefined {
  return valueOf(record) as BeginResult | undefined;
}

/** A call failed with a code that the contract does not allow for it. */
export function oddError(run: TrialRun<unknown>): Failure | undefined {
  const allowed: readonly [CallStep['method'], readonly StorageErrorCode[]][] = [
    ['idempotency.begin', RETRYABLE_CODES],
    ['idempotency.abandon', RETRYABLE_CODES],
    ['idempotency.finish', [...RETRYABLE_CODES, 'CONFLICT']],
  ];
  for (const [method, codes] of allowed) {
    for (const { record } of calls(run, method)) {
      const code = codeOf(record);
      if (code === undefined || codes.some((one) => one === code)) continue;
      return {
        summary: `${method} of ${whoOf(record)} failed with ${code}.`,
        expected:
          method === 'idempotency.finish'
            ? 'success, or CONFLICT for a claim that is not current'
            : 'success',
        actual: code,
        marked: [record],
      };
    }
  }
  return undefined;
}
