/**
 * A read is kept in progress while a write returns. This read may show the state before the write. Reads that begin
 * after the write must not, even when the late answer has arrived: a cache that the late answer fills would serve an
 * old state.
 */
import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { LOOKED_AT, stateShown, type Change, type Look, type StoreName } from '../cases/looks.ts';
import { codeOf, observed, valueOf, whoOf } from '../judging/observe.ts';
import { pageIn } from '../judging/pages.ts';
import type { Failure, Scope, TrialRun } from '../engine/property.ts';
import type { Part } from './joined.ts';

interface Case {
  /**
   * How many pieces of the storage's answer are passed on in time. A read within a transaction first gets the answer to
   * the beginning of the transaction.
   */
  readonly before: number;
  /** Whether reads run between the write and the late answer, and may receive that answer. */
  readonly between: boolean;
}

/** A write before the reads, and the write that returns while the reads are in progress. */
type Pair = readonly [Change, Change];

const PAIRS: Readonly<Record<StoreName, readonly Pair[]>> = {
  streams: [
    ['create', 'put'],
    ['put', 'delete'],
  ],
  users: [['put', 'put']],
  activity: [['create', 'create']],
  idempotency: [
    ['create', 'delete'],
    ['delete', 'create'],
  ],
  jobs: [['create', 'put']],
  audit: [['create', 'create']],
};

export function inFlight(store: StoreName): Part<Case> {
  const { noun, surface } = LOOKED_AT[store];
  return {
    applies: ({ surfaces }) => surfaces.includes(surface),
    arbitrary: () => fc.record({ before: fc.nat({ max: 3 }), between: fc.boolean() }),
    examples: () => [],
    lateExamples: () => [
      { before: 0, between: true },
      { before: 0, between: false },
      { before: 1, between: false },
    ],
    situations: () => [
      {
        name: `a read of ${noun} that is begun before a write and waited for after it`,
        occurred: (run) => stagesOf(store, run).some(({ record, change }) => record.call < change.call),
      },
    ],
    trial: ({ before, between }, scope) => {
      const looks = looksOf(store, scope);
      let changes = 0;
      const change = (kind: Change): CallStep => {
        changes += 1;
        return LOOKED_AT[store].change(kind, scope, changes);
      };
      const around = ([first, second]: Pair, index: number): Step[] => {
        const late = looks.map((call, look) => ({ as: `late ${index}.${look}`, call }));
        return [
          // If the cache has the answer, the storage is not asked. This write empties the cache.
          change(first),
          ...late.map((one): Step => ({ do: 'spawn', ...one, late: before })),
          change(second),
          ...(between ? looks : []),
          ...late.map(({ as }) => joined(as)),
          ...looks,
        ];
      };
      const steps = [...warmUp(looks), ...PAIRS[store].flatMap(around)];
      return { actors: [{ instance: 0, steps }] };
    },
    judge: (run) => servedThePast(store, run),
  };
}

/** Reads outside sections, because a section reads the state at its beginning. */
function looksOf(store: StoreName, scope: Scope): CallStep[] {
  const kinds: readonly Look[] = ['get', 'list', 'scan'];
  return kinds.flatMap((kind) => LOOKED_AT[store].looks[kind]?.(scope) ?? []);
}

/** Opens connections first, so that the delayed piece is an answer and not the opening of a connection. */
function warmUp(looks: readonly CallStep[]): Step[] {
  const named = [...looks, ...looks].map((call, index) => ({ as: `warm ${index}`, call }));
  return [...named.map((one): Step => ({ do: 'spawn', ...one })), ...named.map(({ as }) => joined(as))];
}

function joined(spawned: string): Step {
  return { do: 'join', spawned };
}

interface Stage {
  readonly step: Step;
  readonly record: StepRecord;
  /** The latest change that had returned, and the state that it left. */
  readonly change: StepRecord;
  readonly state: number | undefined;
}

/**
 * The records after the first change, up to a change that was refused. What is stored after a refusal is for another
 * clause to judge.
 */
function stagesOf(store: StoreName, run: TrialRun<Case>): Stage[] {
  const stages: Stage[] = [];
  let changed: Pick<Stage, 'change' | 'state'> | undefined;
  let changes = 0;
  for (const { step, record } of observed(run)) {
    const isChange = step.do === 'call' && !isLook(step);
    if (isChange) {
      if (codeOf(record) !== undefined) return stages;
      changes += 1;
      changed = { change: record, state: step.method.endsWith('.delete') ? undefined : changes };
    } else if (changed !== undefined) stages.push({ step, record, ...changed });
  }
  return stages;
}

function isLook({ method }: CallStep): boolean {
  return ['get', 'list', 'scan'].some((look) => method.endsWith(`.${look}`));
}

function servedThePast(store: StoreName, run: TrialRun<Case>): Failure | undefined {
  const { noun } = LOOKED_AT[store];
  for (const { step, record, change, state } of stagesOf(store, run)) {
    // A read that began before the write may show the previous state.
    if (step.do !== 'call' || record.call < change.return || record.outcome.status !== 'ok') continue;
    const shown = stateShown(store, valueOf(record), run.scope);
    if (shown === state || (shown === undefined && goesOn(step, record))) continue;
    return {
      summary: `A write of ${noun} had returned, but a later read (${step.method}, ${whoOf(record)}) showed the state before it. Another read had been in progress during the write.`,
      expected: wordsOf(state),
      actual: wordsOf(shown),
      marked: [change, record],
    };
  }
  return undefined;
}

/** Whether the page has a next page: a page may be shorter than requested. */
function goesOn({ method }: CallStep, record: StepRecord): boolean {
  return !method.endsWith('.get') && pageIn(valueOf(record)).nextCursor !== undefined;
}

function wordsOf(state: number | undefined): string {
  return state === undefined ? 'nothing' : `what change ${state} left`;
}
