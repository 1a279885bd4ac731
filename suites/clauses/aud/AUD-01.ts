import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { ExportAuditRecord, Json, Page } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { answeredOtherwise, shownOtherwise } from '../../harness/judging/answered.ts';
import { direct, edited, saved } from '../../harness/cases/generate.ts';
import { JSON_EDGES, jsonValue } from '../../harness/cases/jsonValues.ts';
import { editedText, finaleValue, show, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { distinctRecords } from '../../harness/parts/distinct.ts';
import { inFlight } from '../../harness/parts/inFlight.ts';
import { joined } from '../../harness/parts/joined.ts';
import { otherParent } from '../../harness/parts/otherParent.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { auditOf, jobOf } from '../../harness/cases/records.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';

const WAYS = ['append-again', 'append-other', 'change-what-was-read', 'delete-job', 'recreate-job'] as const;

type Way = (typeof WAYS)[number];

interface Case {
  /** What each actor tries against the first record. */
  readonly ways: readonly Way[];
  /** The details of the first record. Undefined: none. */
  readonly details: Json | undefined;
  /** Whether the storage stamps the record. */
  readonly isStamped: boolean;
}

/** The setup step that appends the first record. */
const APPEND = 1;
const TIME = '2026-01-31T08:15:00.123456Z';

/**
 * Appends an audit record with all kinds of details. Then actors try to overwrite it, to change what they read, and
 * to delete its job. The record must stay as it was given, and as append returned it.
 */
const TRAIL: Property<Case> = {
  clause: 'AUD-01',
  arbitrary: () =>
    fc.record({
      ways: fc.array(fc.constantFrom(...WAYS), { minLength: 1, maxLength: 4 }),
      details: fc.option(jsonValue, { nil: undefined }),
      isStamped: fc.boolean(),
    }),
  examples: () =>
    [undefined, ...JSON_EDGES].map((details, turn) => ({
      ways: [WAYS[turn % WAYS.length] as Way],
      details,
      isStamped: turn % 2 === 0,
    })),
  situations: () =>
    [undefined, ...JSON_EDGES].map((details) => ({
      name: `an audit record ${details === undefined ? 'without details' : `whose details are ${literal(details)}`}`,
      occurred: ({ input }) => isDeepStrictEqual(input.details, details),
    })),
  trial: (input, scope) => {
    const { ways } = input;
    const job = scope.id('e1');
    const first = firstOf(input, scope);
    return {
      setup: [
        direct('jobs.create', jobOf(job, scope.id('owner'))),
        saved('appended', edited(direct('audit.append', first))),
        { do: 'mutate', saved: 'appended' },
      ],
      actors: ways.map((way, instance): Actor => ({
        instance,
        steps: stepsOf(way, first, jobOf(job, scope.id('owner'))),
      })),
      // The ids of later trials sort first, so the scan shows the record of this trial.
      finale: [direct('audit.list', { exportId: job, limit: 10 }), direct('audit.scan', { limit: 1 })],
    };
  },
  judge: (run) => {
    const page = finaleValue(run, 0) as Page<ExportAuditRecord> | undefined;
    const appended = run.setup[APPEND] as StepRecord;
    const first = firstOf(run.input, run.scope);
    const items = page?.items ?? [];
    const expected = first.timestamp === undefined ? { ...first, timestamp: items[0]?.timestamp } : first;
    const difference = firstDifference([expected], items);
    if (difference === undefined)
      return answeredOtherwise('audit.append', appended, items[0]) ?? scannedOtherwise(run, items[0]);
    return {
      summary: `${editedText(page)}An audit record did not stay as it was written, after: ${run.input.ways.join(', ')}.`,
      expected: `one record, unchanged, whatever became of its job${difference.path === '' ? '' : `: ${difference.path} is ${literal(difference.expected)}`}`,
      actual: show(page, run.scope),
      marked: run.finale,
    };
  },
};

export const AUD_01: AnyProperty = property(
  joined(joined(joined(TRAIL, distinctRecords('audit')), otherParent('audit')), inFlight('audit')),
);

function scannedOtherwise(run: TrialRun<Case>, listed: unknown): Failure | undefined {
  const [, scan] = run.finale;
  if (scan?.outcome.status !== 'ok') return undefined;
  const [value] = pageIn(valueOf(scan)).items;
  const words = { shows: 'The scan shows an audit record', other: 'the list of its export' };
  return shownOtherwise(words, { value, by: scan }, listed);
}

function firstOf({ details, isStamped }: Case, scope: Scope): ReturnType<typeof auditOf> {
  return auditOf(scope.id('a1'), scope.id('e1'), {
    ...(isStamped ? {} : { timestamp: TIME }),
    ...defined({ details }),
  });
}

function stepsOf(way: Way, first: ReturnType<typeof auditOf>, job: ReturnType<typeof jobOf>): Step[] {
  switch (way) {
    case 'append-again':
      return [direct('audit.append', first)];
    case 'append-other':
      return [direct('audit.append', { ...first, type: 'export.expired', details: { by: 'second' } })];
    case 'change-what-was-read':
      return [
        saved('page', direct('audit.list', { exportId: job.id, limit: 10 })),
        { do: 'mutate', saved: 'page' },
      ];
    case 'delete-job':
      return [direct('jobs.delete', job.id)];
    case 'recreate-job':
      return [direct('jobs.delete', job.id), direct('jobs.create', job)];
    default:
      return way satisfies never;
  }
}
