import fc from 'fast-check';
import {
  isWellFormed,
  type IdempotencyRecord,
  type PutIfAbsentResult,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { codePoint, direct, edited, inView, saved } from '../../harness/cases/generate.ts';
import { answeredOtherwise, shownOtherwise } from '../../harness/judging/answered.ts';
import { calls, codeOf, editedText, finaleValue, valueOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Property,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { LONG_LEASE_MS, replayOf } from '../../harness/cases/records.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { joined } from '../../harness/parts/joined.ts';
import { manyOthers } from '../../harness/parts/manyOthers.ts';
import { sample } from '../../harness/cases/texts.ts';
import { begin, begunBy, CLAIM } from './executions.ts';
import { ANSWERS } from './manyTokens.ts';

/** Ways to store an answer, with a description of each: by a call, or by an insert through a view. */
const WAYS = {
  insert: 'insert',
  putIfAbsent: 'putIfAbsent',
  finish: 'finish',
  view: 'an insert through a view',
} as const;

interface Case {
  readonly body: string;
  readonly status: number;
  /** How the answer is stored. */
  readonly through: keyof typeof WAYS;
  readonly expires: boolean;
}

/** A record as a read showed it. */
interface Shown {
  readonly by: string;
  readonly record: IdempotencyRecord | undefined;
  readonly from: StepRecord;
}

const HOUR_MS = 3_600_000;
/** What a second request would store. */
const OTHER = '"other"';

/** Bodies that a JSON column, a parser or a normalizing text column changes. */
const FRAGILE: readonly string[] = [
  '{"b":1,"a":2}',
  '{"a":1,"a":2}',
  '{ "a" :\t1 }\n',
  '{"n":1e2,"z":-0,"f":1.0,"big":12345678901234567890}',
  '"\\u00e9 \\/ é e\u0301"',
  ' ',
  '',
  'not JSON at all',
  '[1,2,3]\r\n',
  '{"amount":"9007199254740993"}',
  // Separate from the others, because a store that cuts its bytes may refuse it.
  '"\u{1F600}"',
];

const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...FRAGILE),
  sample.map(({ text }) => text),
  sample.map(({ text }) => JSON.stringify({ text })),
  fc.json({ stringUnit: codePoint }).filter((text) => !text.includes('\\u0000') && isWellFormed(text)),
  fc.string({ unit: codePoint, maxLength: 40 }).filter((text) => !text.includes('\0')),
);

/** A body that every storage can hold. */
const PLAIN = '{"ok":true}';

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
 * Stores an answer in every way and reads it in every way from another instance. Status, bytes and fingerprint must
 * be the same, and the whole record must equal the answer of the call that stored it. One program reads an answer
 * after a thousand others were stored.
 */
const STORED: Property<Case> = {
  clause: 'IDEM-06',
  arbitrary: (subject) =>
    fc.record({
      body,
      expires: fc.boolean(),
      status: fc.oneof(fc.constantFrom(200, 201, 204), fc.integer({ min: 100, max: 599 })),
      through: fc.constantFrom(...waysOf(subject)),
    }),
  examples: (subject) => [
    ...[100, 204, 599].map((status) => ({ body: PLAIN, expires: false, status, through: 'insert' as const })),
    ...FRAGILE.map((body, turn) => {
      const ways = waysOf(subject);
      const through = ways[turn % ways.length] as Case['through'];
      return { body, expires: turn % 3 === 0, status: turn % 4 === 0 ? 503 : 201, through };
    }),
  ],
  situations: (subject) => [
    ...waysOf(subject).map((way) => ({
      name: `an answer that was stored by ${WAYS[way]}`,
      occurred: (run: TrialRun<Case>) => run.input.through === way && isStored(run),
    })),
    ...readersOf(subject).map((by) => ({
      name: `a stored answer that was read by ${by}`,
      occurred: (run: TrialRun<Case>) =>
        shownIn(run).some((shown) => shown.by === by && shown.record !== undefined),
    })),
    ...FRAGILE.map((body) => ({
      name: `an answer whose body is ${literal(body)}`,
      occurred: (run: TrialRun<Case>) => run.input.body === body && (isStored(run) || refused(run)),
    })),
    {
      name: 'an answer that expires in an hour',
      occurred: (run) => run.input.expires && isStored(run),
    },
    {
      name: 'an answer with a status of 500 or more',
      occurred: (run) => run.input.status >= 500 && isStored(run),
    },
  ],
  trial: (input, scope, { surfaces, capabilities }) => {
    const token = `settle:${scope.asIs('k1')}`;
    const get = direct('idempotency.get', token);
    return {
      actors: [
        {
          instance: 0,
          steps: [
            ...storingSteps(input, token, scope),
            // The caller changes, in place, the records that it passed and received. The storage must not change with
            // them.
            saved('read', get),
            { do: 'mutate', saved: 'read' },
            ...(surfaces.includes('locks') ? inView(scope.id('s1'), [get]) : []),
            ...(capabilities.idempotencyClaims ? [begin(token, LONG_LEASE_MS)] : []),
          ],
        },
      ],
      finale: [
        get,
        direct('idempotency.putIfAbsent', replayOf(token, { body: OTHER, fingerprint: 'cd'.repeat(32) })),
        // The tokens of later trials sort first, so the scan shows the record of this trial.
        direct('idempotency.scan', { limit: 1 }),
      ],
    };
  },
  judge: (run) => {
    const got = finaleValue(run, 0);
    // A record that cannot be stored may be refused (IDEM-07).
    if (got === undefined && refused(run)) return refusedPlainly(run);
    for (const shown of shownIn(run)) {
      const another = replayedOtherwise(run.input, shown);
      if (another !== undefined) return another;
      const failure = shownOtherwise(
        { shows: `${shown.by} shows a replay record`, other: 'the get at the end' },
        { value: shown.record, by: shown.from },
        got,
      );
      if (failure !== undefined)
        return { ...failure, summary: editedText([shown.record, got]) + failure.summary };
    }
    return storing(run)
      .map(({ step, record }) => answeredOtherwise(step.method, record, got))
      .find(Boolean);
  },
  exercised: isStored,
};

export const IDEM_06: AnyProperty = property(joined(STORED, manyOthers(ANSWERS)));

function waysOf({ surfaces, capabilities }: Subject): Case['through'][] {
  return [
    'insert',
    'putIfAbsent',
    ...(capabilities.idempotencyClaims ? (['finish'] as const) : []),
    ...(surfaces.includes('locks') ? (['view'] as const) : []),
  ];
}

/** The names of the reads that must show every answer. CUR-02 judges stores without a scan. */
function readersOf({ surfaces, capabilities }: Subject): string[] {
  return [
    'get',
    'putIfAbsent',
    ...(surfaces.includes('locks') ? ['get through a view'] : []),
    ...(capabilities.idempotencyClaims ? ['begin'] : []),
  ];
}

function isStored(run: TrialRun<Case>): boolean {
  return finaleValue(run, 0) !== undefined;
}

function storingSteps({ body, status, through, expires }: Case, token: string, scope: Scope): Step[] {
  const record = replayOf(token, { body, status, ...(expires ? { ttlMs: HOUR_MS } : {}) });
  switch (through) {
    case 'insert':
    case 'putIfAbsent':
      return [edited(direct(`idempotency.${through}`, record))];
    case 'finish':
      return [begin(token, LONG_LEASE_MS), edited(direct('idempotency.finish', CLAIM, record))];
    case 'view':
      return inView(
        scope.id('s1'),
        [edited(direct('idempotency.insert', record)), direct('idempotency.get', token)],
        { prefetch: { tokens: [token] } },
      );
    default:
      return through satisfies never;
  }
}

/** The call that stored the answer. */
function storing(run: TrialRun<Case>): ReturnType<typeof calls> {
  const { through } = run.input;
  return calls(run, `idempotency.${through === 'view' ? 'insert' : through}`);
}

/** Every read of the record after it was stored. */
function shownIn(run: TrialRun<Case>): Shown[] {
  const gets = calls(run, 'idempotency.get').map(({ record }): Shown => ({
    by: record.section === undefined ? 'get' : 'get through a view',
    record: valueOf(record) as IdempotencyRecord | undefined,
    from: record,
  }));
  const begins = calls(run, 'idempotency.begin').flatMap(({ record }): Shown[] => {
    if (run.input.through === 'finish' && record.step === 0) return [];
    const begun = begunBy(record);
    return [{ by: 'begin', record: begun?.outcome === 'replay' ? begun.record : undefined, from: record }];
  });
  const [got, put, scan] = run.finale as [StepRecord, StepRecord, StepRecord];
  const answer = valueOf(put) as PutIfAbsentResult | undefined;
  return [
    ...gets,
    ...begins,
    { by: 'get', record: valueOf(got) as IdempotencyRecord | undefined, from: got },
    { by: 'putIfAbsent', record: answer?.stored === false ? answer.existing : undefined, from: put },
    ...(scan.outcome.status === 'ok'
      ? [{ by: 'scan', record: pageIn(valueOf(scan)).items[0] as IdempotencyRecord | undefined, from: scan }]
      : []),
  ];
}

function replayedOtherwise({ body, status }: Case, { by, record, from }: Shown): Failure | undefined {
  const { fingerprint } = replayOf('');
  const seen =
    record === undefined
      ? undefined
      : { status: record.status, body: record.body, fingerprint: record.fingerprint };
  const difference = firstDifference({ status, body, fingerprint }, seen);
  if (difference === undefined) return undefined;
  const { path, expected, actual } = difference;
  return {
    summary: `${editedText(record)}An answer came back as ${seen === undefined ? 'nothing' : `another ${path}`}: a client that retries gets a different answer from the first time.`,
    expected: seen === undefined ? 'the stored answer' : `${path} ${literal(expected)}`,
    actual: `${by} answered ${seen === undefined ? 'no record' : literal(actual)}`,
    ...(path === 'body' && isSameJson(expected, actual) ? { hint: 'the body is stored as parsed JSON' } : {}),
    marked: [from],
  };
}

function refused(run: TrialRun<Case>): boolean {
  return run.main.records.some((record) => codeOf(record) === 'INVALID_RECORD');
}

/** Whether two different texts are the same JSON value. */
function isSameJson(one: unknown, other: unknown): boolean {
  try {
    return firstDifference(JSON.parse(String(one)), JSON.parse(String(other))) === undefined;
  } catch {
    return false;
  }
}

function refusedPlainly(run: TrialRun<Case>): Failure | undefined {
  const { body, status } = run.input;
  if (body !== PLAIN) return undefined;
  return {
    summary: `An answer with the status ${status} and a plain body was refused.`,
    expected: 'every status from 100 to 599 is stored',
    actual: 'an error, and no record',
    marked: storing(run).map(({ record }) => record),
  };
}
