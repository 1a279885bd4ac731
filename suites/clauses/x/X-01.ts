import fc from 'fast-check';
import type { Surface } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { codeOf, observed, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { entriesOf, entrySituations, plainShape } from '../../harness/vocabulary/shapes.ts';
import {
  LOOKED_AT,
  looksAt,
  lookSteps,
  stateShown,
  STORES,
  type Change,
  type Look,
  type StoreName,
} from '../../harness/cases/looks.ts';

interface Case {
  readonly store: StoreName;
  /** One actor changes what is stored; what is there decides whether a change takes effect. */
  readonly changes: readonly Change[];
  /** The others look at it, each in its own instance. */
  readonly looks: readonly (readonly Look[])[];
  /** How they ask for the lock where they look in a section. */
  readonly entry: string;
}

/**
 * One instance creates, changes and deletes a record, or appends some, while others read in every way, again and again. A
 * read that was called after a change had returned shows that change or a later one, never what the instance has seen
 * before. A read in a section may be as old as the section. Every store of the adapter takes its turn, streams most often.
 */
export const X_01: AnyProperty = property<Case>({
  clause: 'X-01',
  topologies: ['shared', 'processes'],
  interleaved: true,
  inapplicable: ({ surfaces }) =>
    storesIn(surfaces).length > 0 ? undefined : 'the adapter stores nothing that another instance could read',
  arbitrary: (subject) =>
    fc
      .oneof(
        ...storesIn(subject.surfaces).map((one) => ({
          weight: one === 'streams' ? 3 : 1,
          arbitrary: fc.constant(one),
        })),
      )
      .chain((store) => {
        const look = fc.constantFrom(...looksAt(store, subject.surfaces));
        return fc.record({
          store: fc.constant(store),
          changes: fc.array(fc.constantFrom(...LOOKED_AT[store].changes), { minLength: 2, maxLength: 5 }),
          looks: fc.array(fc.array(look, { minLength: 2, maxLength: 5 }), { minLength: 2, maxLength: 3 }),
          entry: fc.constantFrom(...entriesOf(subject)),
        });
      }),
  examples: (subject) => [
    // Every look at every store, again and again.
    ...storesIn(subject.surfaces).map((store) => {
      const looks = looksAt(store, subject.surfaces);
      const { changes } = LOOKED_AT[store];
      const all = [...changes, ...changes];
      return { store, changes: all, looks: [[...looks, ...looks], looks], entry: plainShape(subject).entry };
    }),
    ...(entersStreams(subject) ? entriesOf(subject).map(entering) : []),
  ],
  situations: (subject) =>
    entersStreams(subject)
      ? entrySituations(
          subject,
          (way) => `a look in a section that was entered ${way}, after a change`,
          (_step, record, run) =>
            run.main.records.some((one) => one.actor === 0 && one.return < record.call) &&
            record.outcome.status === 'ok',
        )
      : [],
  trial: ({ store, changes, looks, entry }, scope, { surfaces }) => {
    const writer: Actor = {
      instance: 0,
      steps: ['create' as const, ...changes].map((one, index) =>
        LOOKED_AT[store].change(one, scope, index + 1),
      ),
    };
    const readers = looks.map((own, index): Actor => {
      return { instance: index + 1, steps: own.flatMap((look) => lookSteps(store, look, scope, entry)) };
    });
    return {
      actors: [writer, ...readers],
      finale: looksAt(store, surfaces)
        .filter((look) => look !== 'view')
        .flatMap((look) => lookSteps(store, look, scope)),
    };
  },
  judge: staleLook,
  exercised: (run) =>
    looksOf(run).some(({ record }) => statesOf(run).some((state) => state.until <= record.call)),
});

function entersStreams({ surfaces }: Subject): boolean {
  return surfaces.includes('locks') && surfaces.includes('streams');
}

/** One looks at a stream in sections that it enters so, again and again, while the other changes it. */
function entering(entry: string): Case {
  return {
    store: 'streams',
    changes: ['put', 'put', 'put', 'put', 'put', 'put'],
    looks: [['view', 'view', 'view', 'view']],
    entry,
  };
}

function storesIn(surfaces: readonly Surface[]): StoreName[] {
  return STORES.filter((name) => surfaces.includes(LOOKED_AT[name].surface));
}

/** What was stored between two changes: its number, or undefined when nothing was. */
interface State {
  readonly number: number | undefined;
  /** When the change to it was called, and when the change away from it had returned. */
  readonly from: number;
  readonly until: number;
  readonly change: StepRecord | undefined;
}

function statesOf(run: TrialRun<Case>): State[] {
  const states: State[] = [
    { number: undefined, from: 0, until: Number.POSITIVE_INFINITY, change: undefined },
  ];
  for (const { step, record } of observed(run)) {
    if (record.actor !== 0 || step.do !== 'call' || codeOf(record) !== undefined) continue;
    const last = states.at(-1) as State;
    const number = step.method.endsWith('.delete') ? undefined : record.step + 1;
    if (number === last.number) continue;
    states.push({ number, from: record.call, until: Number.POSITIVE_INFINITY, change: record });
    states[states.length - 2] = { ...last, until: record.return };
  }
  return states;
}

interface Seen {
  readonly number: number | undefined;
  readonly record: StepRecord;
  /** The state must be one that held at this time or later. */
  readonly since: number;
}

/** What the readers saw, the finale last. */
function looksOf({ input: { store }, main, trial, finale, scope }: TrialRun<Case>): Seen[] {
  const entered = new Map<number, number>();
  const seen = main.records.flatMap((record) => {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (record.actor === 0) return [];
    if (step?.do === 'enter') entered.set(record.actor, record.call);
    // A section may read as of its beginning: its transaction's snapshot.
    const isView = step?.do === 'call' && step.via === 'view';
    return seenBy(store, step, record, scope, isView ? entered.get(record.actor) : record.call);
  });
  return [
    ...seen,
    ...finale.flatMap((record) => seenBy(store, trial.finale?.[record.step], record, scope, record.call)),
  ];
}

function seenBy(
  store: StoreName,
  step: Step | undefined,
  record: StepRecord,
  scope: Scope,
  since = record.call,
): Seen[] {
  if (step?.do !== 'call' || record.outcome.status !== 'ok') return [];
  return [{ number: stateShown(store, valueOf(record), scope), record, since }];
}

function staleLook(run: TrialRun<Case>): Failure | undefined {
  const states = statesOf(run);
  const nameOf = (number: number | undefined): string => stateName(run.input.store, number);
  for (const { number, record, since } of looksOf(run)) {
    const possible = states.filter(({ from, until }) => from <= record.return && since <= until);
    if (possible.some((state) => state.number === number)) continue;
    const latest = states.findLast(({ from }) => from <= record.return);
    return {
      summary: `A reader (${whoOf(record)}) was served ${nameOf(number)}, although another instance's change to ${nameOf(possible[0]?.number)} had returned before the ${since === record.call ? 'read' : 'section'} was called.`,
      expected: possible.map((state) => nameOf(state.number)).join(' or '),
      actual: nameOf(number),
      marked: [record, ...(latest?.change === undefined ? [] : [latest.change])],
    };
  }
  return undefined;
}

function stateName(store: StoreName, number: number | undefined): string {
  const { noun } = LOOKED_AT[store];
  return number === undefined ? `"no such record" of ${noun}` : `${noun} as change ${number} left it`;
}
