import { describe, expect, it } from 'vitest';
import type { Strike } from '../../../scenarios/evidence.ts';
import type { Judgement, RuleResult } from '../../result.ts';
import { judge } from '../index.ts';
import { simulate } from '../testing/synthetic.ts';

const MS = 1e6;
const STRUCK: Strike = {
  number: 1,
  fault: 'freeze-holder',
  point: 'read',
  service: 1,
  stream: 'stream-000001',
  at: 100 * MS,
  until: 500 * MS,
  proof: 'process 12 stood still (state T)',
  usable: [
    { service: 2, at: 150 * MS },
    { service: 1, at: 510 * MS },
  ],
  ended: [],
};

function judged(
  strikes: readonly Strike[],
  recoveryMs: number | null = 100,
  planned = strikes.length,
): Judgement {
  const evidence = simulate({ seed: 5 });
  const { header } = evidence;
  const capabilities = { ...header.capabilities, recoveryMs };
  return judge({
    ...evidence,
    header: { ...header, capabilities, faults: { 'freeze-holder': planned } },
    strikes,
  });
}

function liveness(...args: Parameters<typeof judged>): RuleResult {
  return judged(...args).rules.find(({ rule }) => rule === 'liveness') as RuleResult;
}

describe('liveness', () => {
  it('holds when the stream is usable again within the bound, and says how long it took', () => {
    expect(liveness([STRUCK])).toMatchObject({ verdict: 'ok', checked: 1 });
    expect(judged([STRUCK]).faults).toEqual([
      {
        fault: 'freeze-holder',
        planned: 1,
        struck: 1,
        others: { medianMs: 50, maxMs: 50 },
        self: { medianMs: 10, maxMs: 10 },
      },
    ]);
  });

  it('counts from the end of the fault for the service that was struck', () => {
    const late = { ...STRUCK, usable: [{ service: 1, at: 601 * MS }] };
    expect(liveness([late])).toMatchObject({ verdict: 'violated' });
    expect(liveness([late]).findings[0]?.summary).toContain('after 101 ms; 100 ms are declared');
  });

  it('counts from the end of the fault for everybody when the storage was struck', () => {
    const restarted: Strike = {
      ...STRUCK,
      fault: 'restart-storage',
      usable: [{ service: 2, at: 590 * MS }],
    };
    expect(liveness([restarted])).toMatchObject({ verdict: 'ok' });
  });

  it('is broken by a stream that nobody got in time', () => {
    const never = { ...STRUCK, usable: [{ service: 2, at: null }] };
    expect(liveness([never]).findings[0]?.summary).toContain('did not become usable again');
    expect(liveness([never], null)).toMatchObject({ verdict: 'ok' });
  });

  it('is broken by a service that does not come back, whatever is declared', () => {
    const gone = { ...STRUCK, usable: [{ service: 1, at: null }] };
    expect(liveness([gone], null)).toMatchObject({ verdict: 'violated' });
  });

  it('is broken by a service that ends by itself, but not by the one that was killed', () => {
    const ended = { ...STRUCK, ended: [{ service: 2, how: 'exit status 1' }] };
    expect(liveness([ended]).findings[0]?.summary).toMatch(/^Service 2 ended by itself \(exit status 1\)/);
    const killed: Strike = { ...STRUCK, fault: 'kill-holder', ended: [{ service: 1, how: 'SIGKILL' }] };
    expect(liveness([killed])).toMatchObject({ verdict: 'ok' });
  });

  it('is inconclusive when a fault did not strike', () => {
    const { at: _at, until: _until, proof: _proof, ...rest } = STRUCK;
    const missed = { ...rest, missed: 'no request got to the point "read" within 20000 ms', usable: [] };
    const rule = liveness([STRUCK, missed]);
    expect(rule).toMatchObject({ verdict: 'inconclusive' });
    expect(rule.detail).toContain('1 of 2 faults struck (freeze-holder: no request got to the point');
    expect(liveness([STRUCK], 100, 3)).toMatchObject({ verdict: 'inconclusive' });
  });
});
