/** Programs that check what the claim of a token means for other calls and requests, one call after the other. */
import type { IdempotencyRecord } from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, hold, saved } from '../../harness/cases/generate.ts';
import { planned, type Planned } from '../../harness/cases/plan.ts';
import { FINGERPRINT, LEASE_MARGIN_MS, LONG_LEASE_MS, PAST, replayOf } from '../../harness/cases/records.ts';
import type { Scope } from '../../harness/engine/property.ts';
import type { HeldClaim } from '../../harness/parts/claimedMeanwhile.ts';
import { calls, valueOf } from '../../harness/judging/observe.ts';
import { answers, refuses, type ListedProgram } from '../../harness/parts/listedPrograms.ts';

const OTHER = 'cd'.repeat(32);
const SHORT_LEASE_MS = 10;
/** A lease that usually lasts until the next call. On a very busy machine it may end before. */
const ASKED_LEASE_MS = 400;
const BODY = '"done"';
/** More than all trials of a namespace store. */
const SWEPT = 1000;

const outcomeIn = (value: unknown): unknown => (value as { readonly outcome?: unknown } | undefined)?.outcome;
const bodyIn = (value: unknown): unknown => (value as Partial<IdempotencyRecord> | undefined)?.body;

function tokenOf(scope: Scope): string {
  return `settle:${scope.asIs('k1')}`;
}

/** `claim`: the name under which later steps find the claim. */
function begins(
  scope: Scope,
  outcome: string,
  what: string,
  { claim = 'claim', fingerprint = FINGERPRINT, leaseMs = LONG_LEASE_MS } = {},
): Planned {
  const call = direct('idempotency.begin', tokenOf(scope), fingerprint, leaseMs);
  return planned(saved(claim, call), answers(outcome, what, outcomeIn));
}

function finishes(scope: Scope, claim = 'claim', fingerprint = FINGERPRINT): CallStep {
  const record = replayOf(tokenOf(scope), { body: BODY, fingerprint });
  return direct('idempotency.finish', { $saved: claim, path: 'claim' }, record);
}

function abandons(): Planned {
  return planned(direct('idempotency.abandon', { $saved: 'claim', path: 'claim' }));
}

const LAPSED = [planned(hold(SHORT_LEASE_MS + LEASE_MARGIN_MS))];
const BRIEF = { leaseMs: SHORT_LEASE_MS };

/** A running execution that one instance holds while something happens to others. */
export const HELD_EXECUTION: HeldClaim = {
  what: 'an execution',
  asks: (scope) => direct('idempotency.begin', tokenOf(scope), FINGERPRINT, LONG_LEASE_MS),
  isGiven: (answer) => outcomeIn(answer) === 'started',
  finishes: (scope, claim) => direct('idempotency.finish', claim, replayOf(tokenOf(scope), { body: BODY })),
  applies: ({ surfaces, capabilities }) => surfaces.includes('idempotency') && capabilities.idempotencyClaims,
};

export const CLAIM_PROGRAMS: readonly ListedProgram[] = [
  {
    what: 'calls that do not see a claim, while an execution holds it',
    plan: (scope) => {
      const token = tokenOf(scope);
      return [
        begins(scope, 'started', 'nobody has used the token', { claim: 'first' }),
        planned(direct('idempotency.get', token), answers(undefined, 'a claim is not a record')),
        planned(direct('idempotency.delete', token), answers(false, 'a claim is not a record')),
        planned(direct('idempotency.deleteExpired', 10)),
        begins(scope, 'inProgress', 'the first execution holds the token'),
        begins(scope, 'conflict', 'the first execution is of another request', { fingerprint: OTHER }),
        planned(finishes(scope, 'first')),
        planned(direct('idempotency.get', token), answers(BODY, 'the execution was finished', bodyIn)),
        begins(scope, 'replay', 'the execution was finished'),
        begins(scope, 'conflict', 'the stored answer is of another request', { fingerprint: OTHER }),
      ];
    },
  },
  {
    what: 'a record that is stored while an execution holds the token',
    plan: (scope) => [
      begins(scope, 'started', 'nobody has used the token'),
      planned(direct('idempotency.insert', replayOf(tokenOf(scope), { body: BODY }))),
      planned(direct('idempotency.get', tokenOf(scope)), answers(BODY, 'the record was stored', bodyIn)),
    ],
  },
  {
    what: 'another request for a token whose lease has expired',
    plan: (scope) => [
      begins(scope, 'started', 'nobody has used the token', BRIEF),
      ...LAPSED,
      begins(scope, 'started', 'the lease has expired', { claim: 'second', fingerprint: OTHER }),
      planned(finishes(scope), refuses('another execution has started')),
      planned(finishes(scope, 'second', OTHER)),
    ],
  },
  {
    what: 'a sweep when the lease of an execution has expired',
    plan: (scope) => [
      // Deletes what earlier trials have left.
      planned(direct('idempotency.deleteExpired', SWEPT)),
      begins(scope, 'started', 'nobody has used the token', BRIEF),
      ...LAPSED,
      planned(
        direct('idempotency.deleteExpired', SWEPT),
        answers(0, 'nothing but a claim has expired, and a claim is not a record'),
      ),
      begins(scope, 'started', 'the lease has expired', { claim: 'second' }),
      planned(finishes(scope, 'second')),
    ],
  },
  {
    what: 'an execution that was asked for while its lease ran, and when it had ended',
    plan: (scope) => {
      let isHeld = false;
      const lapsed = answers(
        'started',
        'the lease has expired, and only its own execution could renew it',
        outcomeIn,
      );
      return [
        begins(scope, 'started', 'nobody has used the token', { leaseMs: ASKED_LEASE_MS }),
        planned(hold(ASKED_LEASE_MS / 2)),
        planned(
          saved('asked', direct('idempotency.begin', tokenOf(scope), FINGERPRINT, ASKED_LEASE_MS)),
          (record) => {
            // On a busy machine the lease has expired. Then this call starts an execution, with a lease of its own.
            isHeld = outcomeIn(valueOf(record)) === 'inProgress';
            return undefined;
          },
        ),
        planned(hold(ASKED_LEASE_MS / 2 + LEASE_MARGIN_MS)),
        planned(
          saved('second', direct('idempotency.begin', tokenOf(scope), FINGERPRINT, LONG_LEASE_MS)),
          (record, before) => (isHeld ? lapsed(record, before) : undefined),
        ),
      ];
    },
    cameToIt: (run) => outcomeIn(valueOf(calls(run, 'idempotency.begin')[1]?.record)) === 'inProgress',
  },
  {
    what: 'another request for a token that was abandoned',
    plan: (scope) => [
      begins(scope, 'started', 'nobody has used the token'),
      abandons(),
      begins(scope, 'started', 'the claim was abandoned', { claim: 'second', fingerprint: OTHER }),
      planned(finishes(scope, 'second', OTHER)),
    ],
  },
  {
    what: 'another request for a token whose record has expired',
    plan: (scope) => [
      planned(direct('idempotency.insert', replayOf(tokenOf(scope), { createdAt: PAST, expiresAt: PAST }))),
      begins(scope, 'started', 'the record has expired', { fingerprint: OTHER }),
      planned(finishes(scope, 'claim', OTHER)),
    ],
  },
  {
    what: 'a request for a token whose finished record was deleted',
    plan: (scope) => [
      begins(scope, 'started', 'nobody has used the token'),
      planned(finishes(scope)),
      planned(direct('idempotency.delete', tokenOf(scope)), answers(true, 'there was a record')),
      begins(scope, 'started', 'the record was deleted'),
    ],
  },
  {
    what: 'an execution whose first answer cannot be stored',
    plan: (scope) => [
      begins(scope, 'started', 'nobody has used the token'),
      planned(
        direct(
          'idempotency.finish',
          { $saved: 'claim', path: 'claim' },
          replayOf(tokenOf(scope), { status: 99 }),
        ),
        refuses('no answer has the status 99', 'INVALID_RECORD'),
      ),
      begins(scope, 'inProgress', 'its answer was refused, and it can still give another one', {
        claim: 'second',
      }),
      planned(finishes(scope)),
    ],
  },
  {
    what: 'a claim that is abandoned while another execution holds the token',
    plan: (scope) => [
      begins(scope, 'started', 'nobody has used the token', BRIEF),
      ...LAPSED,
      begins(scope, 'started', 'the lease has expired', { claim: 'second' }),
      abandons(),
      begins(scope, 'inProgress', 'the second execution holds the token', { claim: 'third' }),
      planned(finishes(scope, 'second')),
    ],
  },
];
