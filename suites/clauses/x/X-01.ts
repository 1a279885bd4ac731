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
import { locksStreams } from '../../harness/cases/lockedStreams.ts';

interface Case {
  readonly store: StoreName;
  /** One actor changes what is stored. Whether a change takes effect depends on what is stored. */
  readonly changes: readonly Change[];
  /** The reads of the other actors. Each has an instance of its own. */
  readonly looks: readonly (readonly Look[])[];
  /** How readers request the lock if they read in a section. */
  readonly entry: string;
}

/**
 * One instance creates, changes and deletes a record, or appends records, while others read in every way, again and
 * again. A read that began after a change had returned must show that change or a later one. A read in a section may
 * be as old as the section. Every store of the adapter is tested in turn, streams most often.
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
    // Every way to read every store, again and again.
    ...storesIn(subject.surfaces).map((store) => {
      const looks = looksAt(store, subject.surfaces);
      const { changes } = LOOKED_AT[store];
      const all = Array.from(
        { length: MANY_CHANGES },
        (_, index) => changes[index % changes.length] as Change,
      );
      // The second reader uses the last way right after its first read, which opens a connection. So the last way also
      // meets the oldest states.
      const readers = [
        [...looks, ...looks],
        [...looks.slice(0, 1), ...looks.slice(-1), ...looks],
      ];
      return { store, changes: all, looks: readers, entry: plainShape(subject).entry };
    }),
    ...(locksStreams(subject) ? entriesOf(subject).map(entering) : []),
  ],
  situations: (subject) =>
    locksStreams(subject)
      ? entrySituations(
          subject,
          (way) => `a read in a section that was entered ${way}, after a change`,
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

/** Enough that readers have read in every way before the last change. At least twice the number of a store's changes. */
const MANY_CHANGES = 8;

/**
 * A reader reads a stream again and again in sections that it enters in this way, while the other actor changes the
 * stream.
 */
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

/** The state between two changes: its number, or undefined if nothing was stored. */
interface State {
  readonly number: number | undefined;
  /** The time when the change to this state was called, and the time when the change from it had returned. */
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
  /** The read must show a state that held at this time or later. */
  readonly since: number;
}

/** What the readers saw. The finale is last. */
function looksOf({ input: { store }, main, trial, finale, scope }: TrialRun<Case>): Seen[] {
  const entered = new Map<number, number>();
  const seen = main.records.flatMap((record) => {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (record.actor === 0) return [];
    if (step?.do === 'enter') entered.set(record.actor, record.call);
    // A section may read the state of its beginning: the snapshot of its transaction.
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
