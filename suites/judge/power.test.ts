import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../scenarios/evidence.ts';
import type { Power } from '../../scenarios/evidence/model/power.ts';
import type { JournalEntry } from '../../scenarios/evidence/model/journal.ts';
import type { HistoryEntry } from '../../scenarios/evidence/model/history.ts';
import { judge } from './index.ts';
import { mutableCopy, type Request } from './testing/sites.ts';
import { NO_MINIMUMS, simulate } from './testing/synthetic.ts';

const { header } = simulate({ operations: 1 });

/** A request that takes the lock at `call`, gets it at once, and is answered as it lets go of it. */
interface Draft {
  readonly key: string;
  readonly service: number;
  readonly token: string;
  readonly call: number;
  readonly length: number;
  readonly kind: 'effect' | 'refused' | 'replayed' | 'unanswered' | 'unavailable';
}

/** Clients send a token to one service at a time. */
const drafts = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    service: fc.integer({ min: 1, max: 3 }),
    token: fc.constantFrom('s:1', 's:2', 's:3'),
    call: fc.integer({ min: 0, max: 20 }),
    length: fc.integer({ min: 0, max: 10 }),
    kind: fc.constantFrom<Draft['kind'][]>(
      'effect',
      'effect',
      'refused',
      'replayed',
      'unanswered',
      'unavailable',
    ),
  }),
  { maxLength: 12, selector: ({ key, service, token }) => `${key} ${service} ${token}` },
);

/** One without an answer for each kind of it. */
const ANSWERS: Readonly<Record<Draft['kind'], Pick<HistoryEntry, 'outcome' | 'result'>>> = {
  effect: { outcome: 'ok', result: { status: 200, effect: true } },
  refused: { outcome: 'ok', result: { status: 409, effect: false } },
  replayed: { outcome: 'ok', result: { status: 200, effect: true, replayed: true } },
  unanswered: { outcome: 'unknown', result: { status: 500, code: 'OUTCOME_UNKNOWN' } },
  unavailable: { outcome: 'fail', result: { status: 503, code: 'UNAVAILABLE' } },
};

function evidenceOf(requests: readonly Draft[]): Evidence {
  const history = requests.map(({ key, service, token, call, length, kind }, client): HistoryEntry => {
    const end = { call, return: call + length, ...ANSWERS[kind] };
    return { client, key, f: 'settle', args: { token }, ...end, service };
  });
  const journals = [1, 2, 3].map((service) => ({
    service,
    pid: service,
    entries: requests.flatMap((request, section) =>
      request.service === service ? linesOf(request, section) : [],
    ),
  }));
  return { header, history, journals, audits: [] };
}

function linesOf({ key, token, call, length, kind }: Draft, section: number): JournalEntry[] {
  const executed = {
    section,
    attempt: 1,
    stream: key,
    f: 'settle',
    token,
    operationId: `${section}`,
    revision: 1,
  };
  return [
    { type: 'wait', at: call, section, stream: key, token },
    { type: 'enter', at: call, section, stream: key, attempt: 1 },
    ...(kind === 'effect' ? [{ type: 'execute', at: call, ...executed } as const] : []),
    { type: 'leave', at: call + length, section, attempt: 1, wrote: kind === 'effect' },
    { type: 'settle', at: call + length, section, outcome: 'committed' },
  ];
}

function powerOf(requests: readonly Draft[]): Power {
  return judge(evidenceOf(requests)).power;
}

function overlapped(a: Draft, b: Draft): boolean {
  return Math.min(a.call + a.length, b.call + b.length) > Math.max(a.call, b.call);
}

describe('countPower', () => {
  it('counts what a look at every pair counts', () => {
    fc.assert(
      fc.property(drafts, (requests) => {
        const answered = requests.filter(({ kind }) => kind !== 'unanswered' && kind !== 'unavailable');
        const fights = answered
          .flatMap((a, index) => answered.slice(index + 1).map((b) => [a, b] as const))
          .filter(([a, b]) => a.key === b.key && overlapped(a, b))
          .filter((pair) => pair.some(({ kind }) => kind === 'effect'));
        const duplicates = fights.filter(([a, b]) => a.token === b.token);
        const pairs = fights.filter(
          ([a, b]) => a.token === b.token || (a.kind !== 'replayed' && b.kind !== 'replayed'),
        );
        const crossing = pairs.filter(([a, b]) => a.service !== b.service);
        expect(powerOf(requests)).toEqual({
          ...NO_MINIMUMS,
          crossProcessAttempts: crossing.length,
          inProcessAttempts: pairs.length - crossing.length,
          contendedStreams: new Set(crossing.map(([a]) => a.key)).size,
          duplicateAttempts: duplicates.length,
        });
      }),
    );
  });

  it('counts whoever waited for the lock, and not who found it free', () => {
    const base = evidenceOf([
      { key: 'a', service: 1, token: 's:1', call: 0, length: 10, kind: 'effect' },
      { key: 'a', service: 2, token: 's:2', call: 5, length: 20, kind: 'effect' },
    ]);
    const entered = (at: readonly [number, number]): Power => {
      const evidence = mutableCopy(base);
      for (const [index, { entries }] of evidence.journals.entries())
        for (const line of entries) if (line.type === 'enter') line.at = at[index] ?? line.at;
      return judge(evidence).power;
    };
    // Both need 2 ns to get in; the second one was held up by the first.
    expect(entered([2, 12]).crossProcessAttempts).toBe(1);
    // Getting in takes 6 ns: by then the first one had been committed.
    expect(entered([6, 11]).crossProcessAttempts).toBe(0);
  });
});

describe('a load in which hardly anybody is answered', () => {
  /** What came of the requests instead. */
  function spoiled(change: (request: Request) => void): ReturnType<typeof judge> {
    const evidence = mutableCopy(simulate({ trouble: 0 }));
    for (const request of evidence.history) if (request.f !== 'get' && request.f !== 'scan') change(request);
    return judge(evidence);
  }

  it('has no power, however many requests were in flight', () => {
    expect(judge(simulate({ trouble: 0 })).verdict).toBe('ok');
    const { power, verdict } = spoiled((request) => {
      request.outcome = 'fail';
      request.result = { status: 503, code: 'UNAVAILABLE' };
    });
    expect(power).toEqual(NO_MINIMUMS);
    expect(verdict).not.toBe('ok');
  });

  it('breaks the rule liveness when nobody knows what became of anything', () => {
    const { power, verdict, reason } = spoiled((request) => {
      request.outcome = 'unknown';
      request.result = { status: 500, code: 'OUTCOME_UNKNOWN' };
    });
    expect(power).toEqual(NO_MINIMUMS);
    expect(verdict).toBe('violated');
    expect(reason).toContain('were answered with OUTCOME_UNKNOWN, although no fault was injected');
  });

  it('says so when most were refused', () => {
    let count = 0;
    const { rules, verdict } = spoiled((request) => {
      if ((count += 1) % 4 === 0) return;
      request.outcome = 'fail';
      request.result = { status: 503, code: 'LOCK_TIMEOUT' };
    });
    expect(rules.find(({ rule }) => rule === 'liveness')).toMatchObject({
      verdict: 'inconclusive',
      detail: expect.stringMatching(/got no definite answer at first \(\d+ LOCK_TIMEOUT\)$/),
    });
    expect(verdict).not.toBe('ok');
  });

  it.each([undefined, {}])('says so when one kind was refused, with the faults %j', (faults) => {
    const evidence = mutableCopy(simulate({ trouble: 0 }));
    if (faults !== undefined) evidence.header.faults = faults;
    expect(judge(evidence).verdict).toBe('ok');
    for (const request of evidence.history.filter(({ f }) => f === 'get')) {
      request.outcome = 'fail';
      request.result = { status: 503, code: 'UNAVAILABLE' };
    }
    expect(judge(evidence)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/(\d+) of \1 requests "get" got no definite answer\.$/),
    });
  });
});
