import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../scenarios/evidence.ts';
import { openCase } from './caseFile.ts';
import { countPower } from './power.ts';
import { simulate } from './testing/synthetic.ts';

const { header } = simulate({ operations: 1 });

const entries = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    service: fc.integer({ min: 1, max: 3 }),
    token: fc.constantFrom('s:1', 's:2', undefined),
    call: fc.integer({ min: 0, max: 20 }),
    length: fc.option(fc.integer({ min: 0, max: 10 })),
  }),
  { maxLength: 12 },
);

/** Two requests were in flight at once when both were open for a while; one without an answer was open as it was called. */
function overlapped(a: HistoryEntry, b: HistoryEntry): boolean {
  const [first, second] = a.call <= b.call ? [a, b] : [b, a];
  return second.call < (first.return ?? first.call);
}

describe('countPower', () => {
  it('counts what a look at every pair counts', () => {
    fc.assert(
      fc.property(entries, (drafts) => {
        const history = drafts.map(({ key, service, token, call, length }, client): HistoryEntry => {
          const args = token === undefined ? {} : { token };
          const end = length === null ? null : call + length;
          return { client, key, f: 'settle', args, call, return: end, outcome: 'unknown', service };
        });
        const pairs = history.flatMap((a, index) => history.slice(index + 1).map((b) => [a, b] as const));
        const crossing = pairs.filter(
          ([a, b]) => a.key === b.key && a.service !== b.service && overlapped(a, b),
        );
        const duplicates = pairs.filter(
          ([a, b]) => a.args.token !== undefined && a.args.token === b.args.token && overlapped(a, b),
        );
        expect(countPower(openCase({ header, history, journals: [], audits: [] }))).toEqual({
          crossProcessAttempts: crossing.length,
          contendedStreams: new Set(crossing.map(([a]) => a.key)).size,
          duplicateAttempts: duplicates.length,
          scansBesideWrites: 0,
          claimRaces: 0,
          lateFinishes: 0,
        });
      }),
    );
  });
});
