/** Sections that one callback begins at the same time. Each must hold its lock, and end as if it were alone. */
import fc from 'fast-check';
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { Caught, StepRecord } from '../../../scenarios/host/language/history.ts';
import type { SectionStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, hold, leave, saved, streamOf, view } from '../cases/generate.ts';
import { scripted, turn, type Turn } from '../cases/script.ts';
import type { Failure, Scope, TrialRun } from '../engine/property.ts';
import { calls, codeOf, observed, valueOf, whoOf } from '../judging/observe.ts';
import { sectionsOf } from '../judging/sections.ts';
import type { Part } from './joined.ts';

type End = 'returns' | 'throws' | 'fails';

interface Case {
  /** How the callback of each section ends. */
  readonly ends: readonly End[];
  /** Whether the outer callback throws in the end. */
  readonly throws: boolean;
  /** Whether another caller holds the lock of the last section when they begin. */
  readonly isTaken: boolean;
}

const [CALLER, OTHER] = [0, 1];
/** The pause between the two writes of a section, in milliseconds, so that the other sections have begun. */
const PAUSE_MS = 2;
/** How long the other caller then stays, in milliseconds. */
const STAY_MS = 10;

const ENDS: readonly End[] = ['returns', 'throws', 'fails'];

/**
 * With `isTaken`: the case in which another caller holds the lock of one section. Otherwise: the cases in which the
 * sections end differently.
 */
export function begunTogether(isTaken: boolean): Part<Case> {
  const cases: readonly Case[] = isTaken
    ? [{ ends: ['returns', 'returns'], throws: false, isTaken }]
    : [
        { ends: ['returns', 'returns', 'returns'], throws: false, isTaken },
        { ends: ['throws', 'returns'], throws: false, isTaken },
        { ends: ['returns', 'fails', 'returns'], throws: false, isTaken },
        { ends: ['returns', 'returns'], throws: true, isTaken },
      ];
  return {
    applies: ({ surfaces }) => surfaces.includes('streams'),
    arbitrary: () =>
      fc.record({
        ends: fc.array(fc.constantFrom(...ENDS), { minLength: 2, maxLength: 3 }),
        throws: fc.boolean(),
        isTaken: fc.constant(isTaken),
      }),
    examples: () => cases,
    situations: () =>
      isTaken
        ? [situation('the lock of one of which another caller held', () => true)]
        : [
            situation('that returned', (run) => run.input.ends.every((end) => end === 'returns')),
            situation('one of which threw', (run) => run.input.ends.includes('throws')),
            situation('one of which had a write that failed', (run) => run.input.ends.includes('fails')),
            situation('within one that threw', (run) => run.input.throws),
          ],
    trial: ({ ends, throws, ...input }, scope) => {
      const siblings = ends.map((end, index) => sibling(nameOf(index), end, scope));
      const last = scope.id(nameOf(ends.length - 1));
      const other = (...steps: readonly Step[]): Turn[] =>
        input.isTaken ? steps.map((step) => turn(OTHER, step)) : [];
      const program = scripted(
        [
          ...other(enter(last), saved('read', view('streams.get', last))),
          turn(CALLER, enter(scope.id('around'))),
          turn(CALLER, view('streams.create', streamOf(scope.id('before')))),
          ...siblings.map((call) => turn(CALLER, { do: 'spawn', as: scope.name(call.stream), call })),
          ...other(hold(STAY_MS), view('streams.put', { $saved: 'read', add: { revision: 1 } }), leave),
          ...siblings.map(({ stream }) => turn(CALLER, { do: 'join', spawned: scope.name(stream) })),
          turn(CALLER, view('streams.create', streamOf(scope.id('after')))),
          turn(CALLER, throws ? { do: 'throw', message: 'thrown by the outer section' } : leave),
        ],
        [0, 1],
      );
      const records = ends.flatMap((_, index) => [nameOf(index), `new-${nameOf(index)}`]);
      return {
        setup: siblings.map(({ stream }) => direct('streams.create', streamOf(stream))),
        ...program,
        finale: [...records, 'before', 'after'].map((name) => direct('streams.get', scope.id(name))),
        patienceMs: 3_000,
      };
    },
    judge: (run) => wrongEnd(run) ?? wronglyStored(run),
  };
}

function nameOf(index: number): string {
  return `s${index + 1}`;
}

/** Creates a record, changes another one, and ends as `end` says. */
function sibling(name: string, end: End, scope: Scope): SectionStep {
  const id = scope.id(name);
  return {
    do: 'section',
    stream: id,
    steps: [
      saved(`read ${name}`, view('streams.get', id)),
      view('streams.create', streamOf(scope.id(`new-${name}`))),
      { do: 'hold', ms: PAUSE_MS },
      view('streams.put', { $saved: `read ${name}`, add: { revision: 1 } }),
      ...(end === 'fails' ? [view('streams.create', streamOf(id))] : []),
    ],
    ...(end === 'throws' ? { throws: thrownBy(name) } : {}),
  };
}

function thrownBy(name: string): string {
  return `thrown by the section of ${name}`;
}

/** A section: its name, how its callback ended, and the record of its withLock. */
interface Sibling {
  readonly name: string;
  readonly end: End;
  readonly record: StepRecord;
}

function siblingsOf(run: TrialRun<Case>): Sibling[] {
  return observed(run).flatMap(({ step, record }) => {
    // A spawn has a record of its own, for its begin.
    if (step.do !== 'section') return [];
    const name = run.scope.name(step.stream);
    const end = run.input.ends[Number(name.slice(1)) - 1];
    return end === undefined ? [] : [{ name, end, record }];
  });
}

function situation(
  told: string,
  isOf: (run: TrialRun<Case>) => boolean,
): ReturnType<Part<Case>['situations']>[number] {
  return {
    name: `sections that one callback began at the same time, ${told}`,
    occurred: (run) => isOf(run) && siblingsOf(run).length === run.input.ends.length,
  };
}

/** What withLock must do for each end of a callback. `why` completes "although". */
const ENDINGS: Readonly<
  Record<
    End,
    {
      readonly why: string;
      readonly expected: string;
      readonly isRight: (error: Caught | undefined, name: string) => boolean;
    }
  >
> = {
  returns: {
    why: 'its callback returned',
    expected: 'withLock resolves, as if the section were alone',
    isRight: (error) => error === undefined,
  },
  throws: {
    why: 'its callback threw',
    expected: 'the error that its callback threw',
    isRight: (error, name) => error?.message === thrownBy(name),
  },
  fails: {
    why: 'a write in it failed',
    expected: 'ALREADY_EXISTS',
    isRight: (error) => error?.code === 'ALREADY_EXISTS',
  },
};

/** Each section must end independently of what another one threw. */
function wrongEnd(run: TrialRun<Case>): Failure | undefined {
  for (const { name, end, record } of siblingsOf(run)) {
    const { outcome } = record;
    const error = outcome.status === 'error' ? outcome.error : undefined;
    const code = codeOf(record);
    // In the meantime another caller holds its lock, or has changed its record.
    if (run.input.isTaken && code !== undefined && code !== 'none') continue;
    const { why, expected, isRight } = ENDINGS[end];
    if (isRight(error, name)) continue;
    const rejected = end === 'returns' ? 'rejected' : 'rejected with another error';
    const actual =
      error === undefined ? 'withLock resolved' : `${error.code ?? error.name}: ${error.message}`;
    return {
      summary: `One of the sections that a callback began at the same time, the one of "${name}", ${error === undefined ? 'resolved' : rejected}, although ${why} (${whoOf(record)}).`,
      expected,
      actual,
      marked: [record],
    };
  }
  return undefined;
}

/** At the end, the writes of the sections that resolved must be stored, and no others. */
function wronglyStored(run: TrialRun<Case>): Failure | undefined {
  const { main, trial, scope, subject } = run;
  const read = finalReads(run);
  const around = sectionsOf(main, trial).find(({ stream }) => stream === scope.id('around'));
  if (around?.left === undefined || codeOf(around.left) === 'OUTCOME_UNKNOWN') return undefined;
  for (const { name, record } of siblingsOf(run)) {
    const [changed, made] = [read.get(name), read.get(`new-${name}`)];
    if (changed === undefined || made === undefined || codeOf(record) === 'OUTCOME_UNKNOWN') continue;
    const hasResolved = record.outcome.status === 'ok';
    const others = changesOfOther(run, name);
    const own = revisionIn(changed) - others;
    const isMade = valueOf(made) !== undefined;
    // The section may be undone together with the outer one, as a whole. Without `atomic`, anything that a rejected
    // section wrote may be stored.
    const mayBeUndone = !around.committed || !hasResolved;
    if (mayBeUndone && !subject.capabilities.atomic) continue;
    const isRight = isMade ? own === 1 : own === 0;
    const isExpected = hasResolved ? mayBeUndone || isMade : !isMade;
    if (isRight && isExpected) continue;
    return {
      summary: `One of the sections that a callback began at the same time, the one of "${name}", ${hasResolved ? 'resolved' : 'rejected'} (${whoOf(record)}). Afterwards, the record that it created is ${isMade ? '' : 'not '}stored, and its stream shows ${revisionIn(changed)} of ${others + (hasResolved ? 1 : 0)} changes.`,
      expected:
        'what a section wrote under its lock is stored as a whole if its withLock resolved, and not at all otherwise',
      actual: `revision ${revisionIn(changed)}, and the record that it created is ${isMade ? 'there' : 'not there'}`,
      marked: [record, changed, made],
    };
  }
  return wronglyKept(run, around.committed, read);
}

/** Judges what the outer section wrote before and after the inner ones. */
function wronglyKept(
  run: TrialRun<Case>,
  isCommitted: boolean,
  read: ReadonlyMap<string, StepRecord>,
): Failure | undefined {
  if (!isCommitted && !run.subject.capabilities.atomic) return undefined;
  for (const name of ['before', 'after']) {
    const record = read.get(name);
    if (record === undefined || (valueOf(record) !== undefined) === isCommitted) continue;
    return {
      summary: `What a section wrote ${name} the sections that it began at the same time is ${isCommitted ? 'missing, although its withLock resolved' : 'stored, although its withLock rejected'}.`,
      expected: 'what a section wrote is stored if and only if its withLock resolved',
      actual: `the record is ${isCommitted ? 'not there' : 'there'}`,
      marked: [record],
    };
  }
  return undefined;
}

function finalReads({ finale, trial, scope }: TrialRun<Case>): Map<string, StepRecord> {
  return new Map(
    finale.flatMap((record) => {
      const step = trial.finale?.[record.step];
      return step?.do === 'call' ? [[scope.name(step.args[0]), record] as const] : [];
    }),
  );
}

function revisionIn(record: StepRecord): number {
  return (valueOf(record) as StreamRecord | undefined)?.revision ?? 0;
}

/** The number of changes of the stream by the other caller whose section resolved. */
function changesOfOther(run: TrialRun<Case>, name: string): number {
  const stream = run.scope.id(name);
  const own = sectionsOf(run.main, run.trial).filter(
    (one) => one.actor === OTHER && one.stream === stream && one.committed,
  );
  return calls(run, 'streams.put').filter(({ record }) =>
    own.some(({ number, attempt }) => record.section === number && record.attempt === attempt),
  ).length;
}
