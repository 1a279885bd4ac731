import fc from 'fast-check';
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, leave, pause, pauseMs, saved, streamOf, view } from '../../harness/cases/generate.ts';
import { codeOf, finaleValue } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { literal } from '../../harness/judging/same.ts';
import { contended, sectionsOf, type Section } from '../../harness/judging/sections.ts';
import {
  everyShape,
  sectionOf,
  shapesFor,
  shapeSituations,
  type Shape,
} from '../../harness/vocabulary/shapes.ts';
import { chunks } from '../../harness/engine/chunks.ts';

/** Amounts, the revision, and a field of the application. */
const FIELDS = ['releasedAmount', 'withdrawnAmount', 'totalAmount', 'revision', 'tally'] as const;
type Field = (typeof FIELDS)[number];

interface Visit {
  readonly shape: Shape;
  readonly field: Field;
  readonly pauseMs: number;
}

function visitOf(subject: Subject): fc.Arbitrary<Visit> {
  return fc.record({ shape: shapesFor(subject), field: fc.constantFrom(...FIELDS), pauseMs });
}
const START = 1000;
/** How many shapes meet in one example. */
const PER_EXAMPLE = 4;

/**
 * Sections of several shapes meet, and one actor enters sections of all shapes in turn. Few shapes meet in one
 * example, because an optimistic adapter may give up after too many conflicts.
 */
function meeting(subject: Subject): (readonly (readonly Visit[])[])[] {
  const visits = everyShape(subject).map((shape): Visit => ({ shape, field: 'tally', pauseMs: 1 }));
  return [...chunks(visits, PER_EXAMPLE).map((some) => some.map((one) => [one])), [visits]];
}

/**
 * Several actors, in sections of every shape, read the whole record under the lock, add one to a field, and write the
 * whole record. At the end every field must have grown by the number of sections that added to it.
 */
export const STREAM_04: AnyProperty = property<readonly (readonly Visit[])[]>({
  clause: 'STREAM-04',
  interleaved: true,
  arbitrary: (subject) =>
    fc.array(fc.array(visitOf(subject), { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 4 }),
  examples: meeting,
  trial: (input, scope) => {
    const stream = scope.id('s1');
    const start = Object.fromEntries(
      FIELDS.map((field) => [field, isCounter(field) ? START : String(START)]),
    );
    return {
      setup: [direct('streams.create', { ...streamOf(stream), ...start })],
      actors: input.map((visits, instance) => ({
        instance,
        steps: visits.flatMap((one, number): Step[] =>
          sectionOf(one.shape, {
            lock: stream,
            steps: [
              saved('read', view('streams.get', stream)),
              ...pause(one.pauseMs),
              view('streams.put', { $saved: 'read', set: { updatedAt: undefined }, add: { [one.field]: 1 } }),
            ],
            end: [leave],
            reads: [stream],
            aside: (name) => scope.id(`${name}-${instance}.${number}`),
          }),
        ),
      })),
      finale: [direct('streams.get', stream)],
    };
  },
  judge: lostUpdate,
  exercised: ({ main, trial }) => contended(main, trial),
  situations: (subject) => shapeSituations(subject, ({ wrote, left }) => wrote && left !== undefined),
});

function isCounter(field: Field): boolean {
  return field === 'revision' || field === 'tally';
}

function lostUpdate(run: TrialRun<readonly (readonly Visit[])[]>): Failure | undefined {
  const { main, trial, subject } = run;
  const stream = finaleValue(run, 0) as StreamRecord | undefined;
  const sections = sectionsOf(main, trial).filter(({ wrote }) => wrote);
  for (const field of FIELDS) {
    const adding = sections.filter((section) => fieldOf(section, trial) === field);
    const certain = adding.filter(({ committed }) => committed).length;
    const open = adding.filter(
      (section) => !section.committed && isOpen(section, subject.capabilities.atomic),
    );
    const grown = Number(stream?.[field]) - START;
    if (Number.isNaN(grown))
      return {
        summary: `${sections.length} sections read the stream s1 under its lock and stored all of it again; afterwards ${stream === undefined ? 'there is no such stream' : stream[field] === undefined ? `it has no ${field}` : `its ${field} is ${literal(stream[field])}`}.`,
        expected: `${field} of at least ${START}`,
        actual: literal(stream?.[field]),
        marked: sections.map(({ entered }) => entered),
      };
    if (grown >= certain && grown <= certain + open.length) continue;
    return {
      summary: `${certain} sections added 1 to ${field} of stream s1 under its lock, and it grew by ${grown}: ${grown < certain ? 'an update was lost' : 'an update was applied twice'}.`,
      expected: `${field} ${START + certain}`,
      actual: `${field} ${literal(stream?.[field])}`,
      marked: adding.flatMap(({ entered, left }) => (left === undefined ? [entered] : [entered, left])),
    };
  }
  return undefined;
}

function fieldOf({ entered }: Section, trial: TrialRun<unknown>['trial']): string | undefined {
  const steps = trial.actors[entered.actor]?.steps.slice(entered.step) ?? [];
  const put = steps.find((step) => step.do === 'call' && step.method === 'streams.put');
  if (put?.do !== 'call') return undefined;
  return Object.keys((put.args[0] as { readonly add: object }).add)[0];
}

/** Whether it is unknown if a failed section has written. */
function isOpen({ left }: Section, atomic: boolean): boolean {
  if (!atomic || left === undefined) return true;
  // A section that resolved but is not committed is within a failed section. It may be undone together with that one.
  return left.outcome.status === 'ok' || codeOf(left) === 'OUTCOME_UNKNOWN';
}
