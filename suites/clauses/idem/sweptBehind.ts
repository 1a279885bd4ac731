/** Records that have expired, stored last and behind many others that have not. */
import fc from 'fast-check';
import { encodeScanCursor, type IdempotencyRecord } from '../../../adapters/contract/index.ts';
import { direct, hold } from '../../harness/cases/generate.ts';
import { LEASE_MARGIN_MS, replayOf } from '../../harness/cases/records.ts';
import type { Scope, TrialRun } from '../../harness/engine/property.ts';
import { calls, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import type { Part } from '../../harness/parts/joined.ts';
import { atOnce, MANY_OTHERS } from '../../harness/vocabulary/limits.ts';

interface Case {
  /** How many records there are that have not expired. */
  readonly others: number;
}

const EXPIRED = 3;
const TTL_MS = 1;
/** More than the trials of a namespace leave, so that no sweep stops at its limit. */
const LIMIT = 1000;

/** Behind the tokens of all others, in every order: of tokens, and of the times when they were stored. */
function lastTokens(scope: Scope): string[] {
  return Array.from({ length: EXPIRED }, (_, index) => `z-expired:${scope.asIs(`k${index + 1}`)}`);
}

export const sweptBehind: Part<Case> = {
  applies: () => true,
  arbitrary: () => fc.record({ others: fc.integer({ min: 1, max: 10 }) }),
  examples: () => [{ others: MANY_OTHERS }],
  situations: () => [
    {
      name: `a sweep with ${MANY_OTHERS} records before those that have expired`,
      occurred: (run) => run.input.others === MANY_OTHERS && countOf(run) !== undefined,
    },
  ],
  trial: ({ others }, scope) => ({
    setup: [
      ...atOnce(
        Array.from({ length: others }, (_, index) =>
          direct('idempotency.insert', replayOf(`a-live:${scope.asIs(`k${index}`)}`)),
        ),
      ),
      ...lastTokens(scope).map((token) => direct('idempotency.insert', replayOf(token, { ttlMs: TTL_MS }))),
    ],
    actors: [
      { instance: 0, steps: [hold(TTL_MS + LEASE_MARGIN_MS), direct('idempotency.deleteExpired', LIMIT)] },
    ],
    finale: [direct('idempotency.scan', { limit: EXPIRED, cursor: encodeScanCursor('z-expired:') })],
  }),
  judge: (run) => {
    const own = lastTokens(run.scope);
    const [scan] = run.finale;
    const left = pageIn(valueOf(scan)).items as IdempotencyRecord[];
    const kept = left.filter(({ token }) => own.includes(token));
    const count = countOf(run);
    if (count === undefined || count >= LIMIT || kept.length === 0) return undefined;
    return {
      summary: `A sweep of at most ${LIMIT} records deleted ${count}, and ${kept.length} that had expired before it are still there, behind ${run.input.others} others.`,
      expected: 'a sweep that deletes fewer than it may leaves nothing that had expired',
      actual: `${kept.length} of ${EXPIRED} are left: nobody would ever delete them`,
      marked: scan === undefined ? [] : [scan],
    };
  },
};

/** What the sweep answered. */
function countOf(run: Pick<TrialRun<Case>, 'main' | 'trial'>): number | undefined {
  const [sweep] = calls(run, 'idempotency.deleteExpired');
  return valueOf(sweep?.record) as number | undefined;
}
