import { expect, it } from 'vitest';
import type { Strike } from '../../../scenarios/evidence.ts';
import type { RuleResult } from '../../result.ts';
import { judge } from '../index.ts';
import { mutableCopy, type MutableEvidence, type Request } from '../testing/sites.ts';
import { simulate } from '../testing/synthetic.ts';

const RECOVERY_MS = 15_000;
const LOST: Request['outcome'] = 'unknown';

/** A run with a fault in it, and after it requests of one token: when each was sent after the fault, and what came. */
function judged(
  requests: readonly (readonly [afterMs: number, outcome: Request['outcome']])[],
  change: (evidence: MutableEvidence) => void = () => {},
): RuleResult {
  const evidence = mutableCopy(simulate({ trouble: 0 }));
  const at = Math.max(...evidence.history.map(({ call }) => call)) + 1e9;
  const [sample] = evidence.history.filter(({ f }) => f === 'settle') as [Request];
  const strike: Strike = {
    number: 1,
    fault: 'kill-holder',
    point: 'executed',
    service: 1,
    at,
    until: at,
    usable: [],
    ended: [],
  };
  evidence.strikes = [strike];
  evidence.header.faults = { 'kill-holder': 1 };
  evidence.header.capabilities = { ...evidence.header.capabilities, recoveryMs: RECOVERY_MS };
  for (const [afterMs, outcome] of requests) {
    const call = at + afterMs * 1e6;
    const { result: _result, ...lost } = { ...sample, call, return: null, outcome: LOST };
    const args = { ...sample.args, token: 'settle:stuck' };
    evidence.history.push(
      outcome === 'unknown'
        ? { ...lost, args }
        : { ...lost, args, return: call + 1e6, outcome, result: { status: 503, code: 'UNAVAILABLE' } },
    );
  }
  change(evidence);
  const { rules } = judge(evidence);
  return rules.find(({ rule }) => rule === 'replay') as RuleResult;
}

it('a token that is refused for longer than a fault may last is named, with the last answer', () => {
  const { verdict, findings } = judged([
    [-1, 'unknown'],
    [1000, 'fail'],
    [RECOVERY_MS + 1000, 'fail'],
  ]);
  expect(verdict).toBe('violated');
  expect(findings.map(({ summary }) => summary)).toEqual([
    expect.stringMatching(
      /^Idempotency token "settle:stuck" on stream ".*" could never be used again after one of its requests was lost: it was repeated 2 times, and 16000 ms after the last fault the answer was 503 UNAVAILABLE\.$/,
    ),
  ]);
});

it.each([
  ['was asked for within the bound only', [1000, RECOVERY_MS - 1000]],
  ['was not asked for again', []],
])('nothing is said of a token that %s', (_, repeats) => {
  const requests = repeats.map((afterMs) => [afterMs, 'fail'] as const);
  expect(judged([[-1, 'unknown'], ...requests]).verdict).toBe('ok');
});

it('nothing is said without a bound, without a fault, and of a request that was never lost', () => {
  const stuck = [
    [-1, 'unknown'],
    [RECOVERY_MS + 1000, 'fail'],
  ] as const;
  const unbounded = judged(stuck, ({ header }) => {
    header.capabilities = { ...header.capabilities, recoveryMs: null };
  });
  expect(unbounded.verdict).toBe('ok');
  const faultless = judged(stuck, (evidence) => {
    evidence.strikes = [];
  });
  expect(faultless.verdict).toBe('ok');
  expect(judged([[RECOVERY_MS + 1000, 'fail']]).verdict).toBe('ok');
});
