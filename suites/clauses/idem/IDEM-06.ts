import fc from 'fast-check';
import {
  isWellFormed,
  type IdempotencyRecord,
  type PutIfAbsentResult,
} from '../../../adapters/contract/index.ts';
import { codePoint, direct, enter, leave, saved, view } from '../../harness/generate.ts';
import { answeredOtherwise } from '../../harness/answered.ts';
import { calls, codeOf, editedText, finaleValue, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type TrialRun } from '../../harness/property.ts';
import { replayOf } from '../../harness/records.ts';
import { firstDifference, literal } from '../../harness/same.ts';
import { sample } from '../../harness/texts.ts';

interface Case {
  readonly body: string;
  readonly status: number;
  readonly through: 'insert' | 'putIfAbsent' | 'view';
}

/** What a second request would store. */
const OTHER = '"other"';

/** Bodies that a JSON column, a parser or a normalizing text column gives back changed. */
const text: fc.Arbitrary<string> = fc.oneof(
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
  sample.map(({ text }) => text),
  sample.map(({ text }) => JSON.stringify({ text })),
  fc.json({ stringUnit: codePoint }).filter((text) => !text.includes('\\u0000') && isWellFormed(text)),
  fc.string({ unit: codePoint, maxLength: 40 }).filter((text) => !text.includes('\0')),
);

/** White space around a body is part of it. */
const body: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc
      .tuple(text, fc.constantFrom('\n', '\r\n', ' ', '\t'), fc.boolean())
      .map(([inner, space, before]) => (before ? space + inner : inner + space)),
  },
);

/**
 * An answer is stored in each way there is, and read in each way from another instance. Status, bytes and fingerprint
 * must be the same, and the whole record what the call that stored it answered.
 */
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
          steps: [
            ...(through === 'view'
              ? [enter(scope.id('s1')), view('idempotency.insert', record), leave]
              : [direct(`idempotency.${through}`, record)]),
            // What a caller does with the record that it was given is nothing to the storage.
            saved('read', direct('idempotency.get', token)),
            { do: 'mutate', saved: 'read' },
          ],
        },
      ],
      finale: [
        direct('idempotency.get', token),
        direct('idempotency.putIfAbsent', replayOf(token, { body: OTHER, fingerprint: 'cd'.repeat(32) })),
      ],
    };
  },
  judge: (run) => {
    const { body, status } = run.input;
    const { fingerprint } = replayOf('');
    const [got, put] = run.finale.map((record) => valueOf(record));
    const existing = (put as PutIfAbsentResult | undefined)?.stored === false ? existingIn(put) : undefined;
    // What cannot be stored may be refused (IDEM-07).
    if (got === undefined && refused(run)) return undefined;
    for (const [index, stored] of [got as IdempotencyRecord | undefined, existing].entries()) {
      const seen =
        stored === undefined
          ? undefined
          : { status: stored.status, body: stored.body, fingerprint: stored.fingerprint };
      const difference = firstDifference({ status, body, fingerprint }, seen);
      if (difference === undefined) continue;
      const { path, expected, actual } = difference;
      return {
        summary: `${editedText(stored)}An answer came back as ${seen === undefined ? 'nothing' : `another ${path}`}: a client that retries is told something else than the first time.`,
        expected: seen === undefined ? 'the stored answer' : `${path} ${literal(expected)}`,
        actual: `${index === 0 ? 'get' : 'putIfAbsent'} answered ${seen === undefined ? 'no record' : literal(actual)}`,
        marked: run.finale.filter(({ step }) => step === index),
      };
    }
    return storing(run)
      .map((one) => answeredOtherwise(one.step.method, one.record, got))
      .find(Boolean);
  },
  exercised: (run) => finaleValue(run, 0) !== undefined,
});

/** The call that stored the answer. */
function storing(run: TrialRun<Case>): ReturnType<typeof calls> {
  return [...calls(run, 'idempotency.insert'), ...calls(run, 'idempotency.putIfAbsent')];
}

function existingIn(put: unknown): IdempotencyRecord {
  return (put as Extract<PutIfAbsentResult, { readonly stored: false }>).existing;
}

function refused(run: TrialRun<Case>): boolean {
  return run.main.records.some((record) => codeOf(record) === 'INVALID_RECORD');
}
