/**
 * Work that outlives its section: a callback makes a call and does not wait for it, or work that it has started makes a
 * call after the section. The answer of such a call must be true. If it succeeded, the write is stored. If its section
 * rejected, nothing of the section is stored. A call on the instance is not part of the section.
 */
import { defined } from '../../../adapters/contract/defined.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { codeOf, valueOf, whoOf } from '../judging/observe.ts';
import type { Failure, Situation, Subject, TrialRun } from '../engine/property.ts';
import { sectionsOf, type Section } from '../judging/sections.ts';
import { leaveTrace, readTrace, showsTrace, type RecordKind, type Trace } from '../cases/traces.ts';
import { entriesFor, type Vocabulary } from './vocabulary.ts';

interface OutlivingRow {
  /** Completes "no run had". */
  readonly told: string;
  readonly via: CallStep['via'];
  readonly whenOver?: true;
  readonly isOf: (joined: StepRecord, section: Section, call: CallStep) => boolean;
}

function isBehind(joined: StepRecord, left: StepRecord | undefined): boolean {
  return left !== undefined && joined.call >= left.return;
}

export const OUTLIVING: Vocabulary<OutlivingRow> = {
  name: 'work that outlives its section',
  entries: {
    'a write that is not waited for': {
      told: 'a write through the view that the callback does not wait for',
      via: 'view',
      isOf: (joined, { to }, { via }) => via === 'view' && joined.call <= to,
    },
    'a write when it is over': {
      told: 'a write through the view that is made when the section is over',
      via: 'view',
      whenOver: true,
      isOf: (joined, { left }, { via }) => via === 'view' && isBehind(joined, left),
    },
    'a plain write when it is over': {
      told: 'a write on the instance, from what a callback has left behind',
      via: 'instance',
      whenOver: true,
      isOf: (joined, { left }, { via }) => via === 'instance' && isBehind(joined, left),
    },
  },
};

/** The names of what a callback can leave running. */
export function outlivingOf(subject: Subject): string[] {
  return entriesFor(OUTLIVING, subject).map(([name]) => name);
}

/**
 * The step that starts the work, as the last step of the callback, and the step that waits for it after the section.
 */
export function outliving(
  entry: string,
  trace: Trace & { readonly kind: RecordKind },
): { readonly start: Step; readonly join: Step } {
  const row = OUTLIVING.entries[entry];
  if (row === undefined) throw new RangeError(`Expected work that outlives its section, got ${entry}.`);
  const { via, whenOver } = row;
  const as = `left ${trace.id}`;
  const call: CallStep = { ...leaveTrace(trace), via };
  return {
    start: { do: 'spawn', as, call, ...defined({ whenOver }) },
    join: { do: 'join', spawned: as },
  };
}

interface Outlived {
  readonly joined: StepRecord;
  readonly section: Section;
  readonly call: CallStep;
}

/** The calls that outlived their section and were waited for, each with the run of the section that it belongs to. */
function outlivedIn({ main, trial }: TrialRun<unknown>): Outlived[] {
  const sections = sectionsOf(main, trial);
  return main.records.flatMap((joined): Outlived[] => {
    const { actor, step: index, section: number, attempt, outcome } = joined;
    const steps = trial.actors[actor]?.steps ?? [];
    const join = steps[index];
    if (join?.do !== 'join' || outcome.status === 'skipped') return [];
    const spawned = steps.find((step) => step.do === 'spawn' && step.as === join.spawned);
    const section = sections.find((one) => one.number === number && one.attempt === attempt);
    if (spawned?.do !== 'spawn' || spawned.call.do !== 'call' || section === undefined) return [];
    return [{ joined, section, call: spawned.call }];
  });
}

export function outlivingSituations(): Situation<unknown>[] {
  return Object.values(OUTLIVING.entries).map(({ told, isOf }) => ({
    name: told,
    occurred: (run) => outlivedIn(run).some(({ joined, section, call }) => isOf(joined, section, call)),
  }));
}

function isWriteOf(call: CallStep, trace: Trace): boolean {
  const { method, args } = leaveTrace(trace);
  return JSON.stringify([call.method, call.args]) === JSON.stringify([method, args]);
}

/** The first wrong outcome of such a write, for adapters with atomic sections. Undefined: there is none. */
export function wrongOutlived(run: TrialRun<unknown>, traces: readonly Trace[]): Failure | undefined {
  for (const outlived of outlivedIn(run)) {
    const trace = traces.find((one) => isWriteOf(outlived.call, one));
    const failure = trace === undefined ? undefined : wrongly(outlived, trace, run);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function wrongly(
  { joined, section, call }: Outlived,
  trace: Trace,
  run: TrialRun<unknown>,
): Failure | undefined {
  const code = codeOf(joined);
  const { left } = section;
  const read = run.finale.find(
    (record) => JSON.stringify(run.trial.finale?.[record.step]) === JSON.stringify(readTrace(trace)),
  );
  if (left === undefined || read === undefined || code === 'OUTCOME_UNKNOWN') return undefined;
  const isThere = showsTrace(trace, valueOf(read));
  const what = `${call.method} of "${run.scope.name(trace.id)}" (${whoOf(joined)})`;
  const marked = [section.entered, left, joined, read];
  const answered = code === undefined ? 'was answered' : `failed with ${code}`;
  const wrong = (summary: string, expected: string): Failure => ({
    summary,
    expected,
    actual: `the call ${answered}, and the record is ${isThere ? 'stored' : 'not stored'}`,
    marked,
  });
  if (call.via === 'instance') {
    if (code === undefined && !isThere)
      return wrong(`${what}, a plain call, was answered and is missing.`, 'what was answered is stored');
    if (code === undefined || code === 'UNAVAILABLE') return undefined;
    return wrong(
      `${what} failed: a plain call on the instance, from what a section had left behind that was over.`,
      'a call on the instance that is none of the section',
    );
  }
  if (joined.call >= left.return && code !== 'CLOSED')
    return wrong(
      `The view of a section whose withLock had settled was still usable: ${what}, which its callback had left behind.`,
      'CLOSED',
    );
  if (code === undefined && section.committed && !isThere)
    return wrong(
      `${what}, which its callback did not wait for, was answered, its section committed, and it is missing.`,
      'what was answered is stored with its section, or the call fails',
    );
  const rejected = left.outcome.status === 'error' && codeOf(left) !== 'OUTCOME_UNKNOWN';
  if (isThere && (rejected || code === 'CLOSED'))
    return wrong(
      rejected
        ? `${what}, which its callback did not wait for, is stored, although withLock of its section rejected.`
        : `${what}, which its callback did not wait for, failed with CLOSED and is stored.`,
      'what is made through a view commits with its section or not at all',
    );
  return undefined;
}
