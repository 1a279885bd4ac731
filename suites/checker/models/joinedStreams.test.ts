import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamLine } from '../../../scenarios/history/lines.ts';
import { streamBalance } from '../../models/streamBalance.ts';
import { checkHistory } from '../checkHistory.ts';
import type { CheckResult } from '../result.ts';
import { isLegalOrder, isLinearizable } from '../testing/brute.ts';
import { INITIAL_STREAM, streamHistories } from '../testing/generated.ts';
import { collectHistory } from './index.ts';
import { joinedKey, joinedModel, type Member } from './joinedStreams.ts';
import { balanceModel } from './streamModels.ts';

/** All of them each night. */
const RUNS = process.env['LOCKSTEP_NIGHTLY'] === undefined ? 250 : 1000;
const LIMITS = { timeoutMs: 60_000, explainMs: 60_000, memoryBytes: 2 ** 28, clock: () => 0 };

const INITIAL = {
  status: 'active',
  revision: 0,
  totalAmount: '9',
  releasedAmount: '0',
  withdrawnAmount: '0',
};

function check(...lines: readonly StreamLine[]): CheckResult {
  const header = {
    format: 'lockstep-history',
    version: 1,
    model: 'stream-balance',
    initial: INITIAL,
  } as const;
  const collector = collectHistory(header as Parameters<typeof collectHistory>[0]);
  for (const line of lines) collector.add({ model: 'stream-balance', line });
  const finishing = collector.finish();
  for (;;) {
    const part = finishing.next();
    if (part.done === true) return checkHistory(part.value, LIMITS);
  }
}

function settle(key: string, call: number, token: string, revision?: number): StreamLine {
  const asked = {
    client: 0,
    key,
    f: 'settle',
    args: { amount: '2', token, fingerprint: key },
    call,
  } as const;
  if (revision === undefined) return { ...asked, return: null, outcome: 'unknown' };
  const result = { status: 200, effect: true, revision, releasedAmount: String(revision * 2) };
  return { ...asked, return: call + 1, outcome: 'ok', result };
}

function get(key: string, call: number, revision: number): StreamLine {
  const asked = { client: 1, key, f: 'get', args: {}, call, return: call + 1 } as const;
  return { ...asked, outcome: 'ok', result: { status: 200, revision } };
}

describe('a token that was used on several streams', () => {
  it('takes effect on one of them at most', () => {
    // Whether the answer was lost or the request is what the other stream tells.
    const lost = [settle('a', 0, 't'), settle('b', 10, 't', 1)];
    expect(check(...lost, get('a', 20, 0)).verdict).toBe('ok');
    const { verdict, keys } = check(...lost, get('a', 20, 1));
    expect(verdict).toBe('illegal');
    expect(keys.map(({ key }) => key)).toEqual(['a + b']);
    // By other tokens nothing is wrong with either.
    expect(check(settle('a', 0, 'u'), settle('b', 10, 't', 1), get('a', 20, 1)).verdict).toBe('ok');
  });

  it('says on which it took effect', () => {
    const { keys } = check(settle('a', 0, 't', 1), settle('b', 10, 't', 1));
    expect(keys[0]).toMatchObject({
      verdict: 'illegal',
      by: 'version order',
      versions: {
        problem: 'was answered as an effect of its own, although its token "t" took effect on a',
        withoutRevisions: 'illegal',
      },
      explanation: {
        core: {
          minimal: true,
          prefix: { stuck: [{ why: 'its token "t" took effect on a' }] },
        },
      },
    });
  });

  it('joins streams through others, and leaves the rest alone', () => {
    const { verdict, keys } = check(
      settle('a', 0, 't', 1),
      settle('b', 10, 't'),
      settle('b', 20, 'u'),
      settle('c', 30, 'u', 1),
      settle('d', 40, 'v', 1),
      settle('d', 42, 'v', 1),
      get('a', 50, 1),
    );
    expect(verdict).toBe('ok');
    expect(keys.map(({ key, operations }) => [key, operations.length])).toEqual([
      ['a + b + c', 5],
      ['d', 1],
    ]);
  });
});

describe('a token that was used several times on one stream', () => {
  const other = (line: StreamLine, args: object, result: object): StreamLine => ({
    ...line,
    args: { ...line.args, ...args },
    ...('result' in line ? { result: { ...line.result, ...result } } : {}),
  });

  it('takes effect once, whichever of two contents it was', () => {
    const lost = [settle('a', 0, 't'), other(settle('a', 10, 't'), { fingerprint: 'z' }, {})];
    expect(check(...lost, get('a', 20, 1)).verdict).toBe('ok');
    expect(check(...lost, get('a', 20, 2)).verdict).toBe('illegal');
    expect(check(settle('a', 0, 't', 1), lost[1] as StreamLine, get('a', 20, 2)).verdict).toBe('illegal');
  });

  it('is answered with that effect each time', () => {
    const first = settle('a', 0, 't', 1);
    const again = (result: object, args = {}): CheckResult =>
      check(first, other(settle('a', 10, 't', 1), args, result));
    expect(again({}).verdict).toBe('ok');
    expect(again({ releasedAmount: undefined, withdrawnAmount: '0' }).verdict).toBe('ok');
    expect(again({ withdrawnAmount: '1' }).verdict).toBe('illegal');
    expect(again({}, { fingerprint: 'z' }).verdict).toBe('illegal');
    const { keys } = again({ operationId: 'other', revision: 2, releasedAmount: '4' });
    expect(keys[0]).toMatchObject({
      verdict: 'illegal',
      versions: {
        problem: 'was answered as an effect of its own, although its token "t" took effect before',
      },
    });
  });
});

describe('joined streams', () => {
  const model = joinedModel(balanceModel);
  const operations = streamHistories(streamBalance, { optional: true, hidesRevision: false, maxLength: 4 });
  const tokens = fc.array(fc.constantFrom(undefined, 't', 't', 'u'), { minLength: 4, maxLength: 4 });
  const members = fc.array(fc.tuple(operations, tokens), { minLength: 2, maxLength: 2 }).map((list) =>
    list.map(([own, names], place): Member => ({
      key: `s${place}`,
      initial: INITIAL_STREAM,
      operations: own.map((operation, id) => ({
        ...operation,
        fingerprint: undefined,
        operationId: undefined,
        token: operation.input.kind === 'effect' ? names[id] : undefined,
      })),
    })),
  );

  it('are judged as by brute force', () => {
    let legal = 0;
    let together = 0;
    fc.assert(
      fc.property(members, (group) => {
        const key = joinedKey(group, new Set(['t', 'u']));
        const result = checkHistory({ model, ignored: 0, keys: [key] }, LIMITS).keys[0];
        const isLegal = isLinearizable(model, key.initial, key.operations);
        expect(result?.verdict).toBe(isLegal ? 'ok' : 'illegal');
        const apart = group.every((one) => isLinearizable(balanceModel, one.initial, one.operations));
        if (isLegal) {
          legal += 1;
          expect(apart).toBe(true);
          expect(isLegalOrder(model, key.initial, key.operations, result?.order?.() ?? [])).toBe(true);
        } else {
          together += apart ? 1 : 0;
          expect(result?.explanation?.core.minimal).toBe(true);
        }
      }),
      { numRuns: RUNS },
    );
    expect(legal).toBeGreaterThan(RUNS / 10);
    // Only the tokens show what is wrong with these.
    expect(together).toBeGreaterThan(RUNS / 50);
  });
});
