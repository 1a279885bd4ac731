import fc from 'fast-check';
import type { Page, StreamRecord } from '../../../adapters/contract/index.ts';
import type { Actor, CallStep, Step, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, enter, leave, streamOf, view } from '../../harness/generate.ts';
import { codeOf, observed, valueOf, whoOf } from '../../harness/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type TrialRun,
} from '../../harness/property.ts';

/** Ways to look at a stream; the last is through the view of a section. */
const LOOKS = ['get', 'list', 'scan', 'view'] as const;
type Look = (typeof LOOKS)[number];

type Change = 'create' | 'put' | 'delete';

interface Case {
  /** One actor changes the stream; what is there decides whether a change takes effect. */
  readonly changes: readonly Change[];
  /** The others look at it, each in its own instance. */
  readonly looks: readonly (readonly Look[])[];
}

/**
 * One instance creates, changes and deletes a stream while others read it in every way, again and again. A read that
 * was called after a change had returned shows that change or a later one, never what the instance has seen before. A
 * read in a section may be as old as the section.
 */
export const X_01: AnyProperty = property<Case>({
  clause: 'X-01',
  topologies: ['shared', 'processes'],
  arbitrary: ({ surfaces }) => {
    const look = fc.constantFrom(...LOOKS.filter((one) => one !== 'view' || surfaces.includes('locks')));
    return fc.record({
      changes: fc.array(fc.constantFrom<Change>('put', 'put', 'create', 'delete'), {
        minLength: 2,
        maxLength: 5,
      }),
      looks: fc.array(fc.array(look, { minLength: 2, maxLength: 5 }), { minLength: 2, maxLength: 3 }),
    });
  },
  trial: ({ changes, looks }, scope) => {
    const id = scope.id('s1');
    const writer: Actor = {
      instance: 0,
      steps: ['create' as const, ...changes].map((change, index) => changeStep(change, id, index + 1)),
    };
    const readers = looks.map((own, index): Actor => {
      return { instance: index + 1, steps: own.flatMap((look) => lookSteps(look, id)) };
    });
    return { actors: [writer, ...readers], finale: LOOKS.slice(0, 3).flatMap((look) => lookSteps(look, id)) };
  },
  judge: staleLook,
  exercised: (run) =>
    looksOf(run).some(({ record }) => statesOf(run).some((state) => state.until <= record.call)),
});

function changeStep(change: Change, id: string, revision: number): CallStep {
  switch (change) {
    case 'create':
      return direct('streams.create', streamOf(id, { revision }));
    case 'put':
      return direct('streams.put', streamOf(id, { revision }));
    case 'delete':
      return direct('streams.delete', id);
    default:
      return change satisfies never;
  }
}

/** Streams of later trials sort first, so that one page shows this trial's. */
function lookSteps(look: Look, id: string): Step[] {
  switch (look) {
    case 'get':
      return [direct('streams.get', id)];
    case 'list':
      return [direct('streams.list', { limit: 1000 })];
    case 'scan':
      return [direct('streams.scan', { limit: 1 })];
    case 'view':
      return [enter(id), view('streams.get', id), leave];
    default:
      return look satisfies never;
  }
}

/** What the stream was between two changes: its revision, or undefined when it was not there. */
interface State {
  readonly revision: number | undefined;
  /** When the change to it was called, and when the change away from it had returned. */
  readonly from: number;
  readonly until: number;
  readonly change: StepRecord | undefined;
}

function statesOf(run: TrialRun<Case>): State[] {
  const states: State[] = [
    { revision: undefined, from: 0, until: Number.POSITIVE_INFINITY, change: undefined },
  ];
  for (const { step, record } of observed(run)) {
    if (record.actor !== 0 || step.do !== 'call' || codeOf(record) !== undefined) continue;
    const last = states.at(-1) as State;
    const revision = step.method === 'streams.delete' ? undefined : (step.args[0] as StreamRecord).revision;
    if (revision === last.revision) continue;
    states.push({ revision, from: record.call, until: Number.POSITIVE_INFINITY, change: record });
    states[states.length - 2] = { ...last, until: record.return };
  }
  return states;
}

interface Seen {
  readonly revision: number | undefined;
  readonly record: StepRecord;
  /** The state must be one that held at this time or later. */
  readonly since: number;
}

/** What the readers saw, the finale last. */
function looksOf({ main, trial, finale, scope }: TrialRun<Case>): Seen[] {
  const entered = new Map<number, number>();
  const seen = main.records.flatMap((record) => {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (record.actor === 0) return [];
    if (step?.do === 'enter') entered.set(record.actor, record.call);
    // A section may read as of its beginning: its transaction's snapshot.
    const isView = step?.do === 'call' && step.via === 'view';
    return seenBy(step, record, scope, isView ? entered.get(record.actor) : record.call);
  });
  return [
    ...seen,
    ...finale.flatMap((record) => seenBy(trial.finale?.[record.step], record, scope, record.call)),
  ];
}

function seenBy(step: Step | undefined, record: StepRecord, scope: Scope, since = record.call): Seen[] {
  if (step?.do !== 'call' || record.outcome.status !== 'ok') return [];
  const value = valueOf(record);
  const items = step.method === 'streams.get' ? [value] : (value as Page<unknown>).items;
  const stream = (items as (StreamRecord | undefined)[]).find((item) => item?.id === scope.id('s1'));
  return [{ revision: stream?.revision, record, since }];
}

function staleLook(run: TrialRun<Case>): Failure | undefined {
  const states = statesOf(run);
  for (const { revision, record, since } of looksOf(run)) {
    const possible = states.filter(({ from, until }) => from <= record.return && since <= until);
    if (possible.some((state) => state.revision === revision)) continue;
    const latest = states.findLast(({ from }) => from <= record.return);
    return {
      summary: `A reader (${whoOf(record)}) was served ${nameOf(revision)}, although another instance's change to ${nameOf(possible[0]?.revision)} had returned before the ${since === record.call ? 'read' : 'section'} was called.`,
      expected: possible.map((state) => nameOf(state.revision)).join(' or '),
      actual: nameOf(revision),
      marked: [record, ...(latest?.change === undefined ? [] : [latest.change])],
    };
  }
  return undefined;
}

function nameOf(revision: number | undefined): string {
  return revision === undefined ? '"no such stream"' : `revision ${revision} of "s1"`;
}
