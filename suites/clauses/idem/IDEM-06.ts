import fc from 'fast-check';
import { isWellFormed, type IdempotencyRecord } from '../../../adapters/contract/index.ts';
import { codePoint, direct, enter, leave, view } from '../../harness/generate.ts';
import { codeOf, finaleValue } from '../../harness/observe.ts';
import { property, type AnyProperty, type TrialRun } from '../../harness/property.ts';
import { replayOf } from '../../harness/records.ts';

interface Case {
  readonly body: string;
  readonly status: number;
  readonly through: 'insert' | 'putIfAbsent' | 'view';
}

/** Bodies that a JSON column, a parser or a normalizing text column gives back changed. */
const body: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '{"b":1,"a":2}',
    '{"a":1,"a":2}',
    '{ "a" :\t1 }\n',
    '{"n":1e2,"z":-0,"f":1.0,"big":12345678901234567890}',
    '"\\u00e9 \\/ é e\u0301 \u{1F600}"',
    ' ',
    '',
    'not JSON at all',
    '[1,2,3]\r\n',
    '{"amount":"9007199254740993"}',
  ),
  fc.json({ stringUnit: codePoint }).filter((text) => !text.includes('\\u0000') && isWellFormed(text)),
  fc.string({ unit: codePoint, maxLength: 40 }).filter((text) => !text.includes('\0')),
);

/** An answer is stored in each way there is, and read from another instance. Status and bytes must be the same. */
export const IDEM_06: AnyProperty = property<Case>({
  clause: 'IDEM-06',
  arbitrary: ({ surfaces }) =>
    fc.record({
      body,
      status: fc.oneof(fc.constantFrom(200, 201, 204), fc.integer({ min: 100, max: 599 })),
      through: surfaces.includes('locks')
        ? fc.constantFrom('insert', 'putIfAbsent', 'view')
        : fc.constantFrom('insert', 'putIfAbsent'),
    }),
  trial: ({ body, status, through }, scope) => {
    const token = `settle:${scope.id('k1')}`;
    const record = replayOf(token, { body, status });
    return {
      actors: [
        {
          instance: 0,
          steps:
            through === 'view'
              ? [enter(scope.id('s1')), view('idempotency.insert', record), leave]
              : [direct(`idempotency.${through}`, record)],
        },
      ],
      finale: [direct('idempotency.get', token)],
    };
  },
  judge: (run) => {
    const { body, status } = run.input;
    const stored = finaleValue(run, 0) as IdempotencyRecord | undefined;
    if (stored?.body === body && stored.status === status) return undefined;
    // What cannot be stored may be refused (IDEM-07).
    if (stored === undefined && refused(run)) return undefined;
    return {
      summary: `An answer came back as ${stored === undefined ? 'nothing' : 'other bytes'}: a client that retries is told something else than the first time.`,
      expected: `status ${status}, body ${JSON.stringify(body)}`,
      actual:
        stored === undefined ? 'no record' : `status ${stored.status}, body ${JSON.stringify(stored.body)}`,
      marked: run.finale,
    };
  },
  exercised: (run) => finaleValue(run, 0) !== undefined,
});

function refused(run: TrialRun<Case>): boolean {
  return run.main.records.some((record) => codeOf(record) === 'INVALID_RECORD');
}
