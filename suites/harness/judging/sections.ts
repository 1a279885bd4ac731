/** The sections of a history, and whether two of one stream overlap. */
import type { ProgramHistory, StepRecord } from '../../../scenarios/host/language/history.ts';
import { formatNs, sharedStretch } from '../../duration.ts';
import { stepOf } from './observe.ts';
import type { Failure, Scope, Trial, TrialRun } from '../engine/property.ts';

export interface Section {
  readonly stream: string;
  readonly actor: number;
  readonly process: number;
  readonly instance: number;
  readonly number: number;
  readonly attempt: number;
  /**
   * When the callback began and, at `to`, when it ended, before the commit. A section that was never left has no end.
   */
  readonly from: number;
  readonly to: number;
  /**
   * When the section's first read had returned, or else `from`. An optimistic adapter protects what it reads after
   * this.
   */
  readonly readFrom: number;
  /**
   * Whether withLock resolved, and that of every section around it, because a nested section may be undone together
   * with these.
   */
  readonly committed: boolean;
  readonly wrote: boolean;
  readonly entered: StepRecord;
  readonly left: StepRecord | undefined;
}

/** Every section that was entered, in the order of entry. */
export function sectionsOf(history: ProgramHistory, trial: Trial): Section[] {
  const sections: Section[] = [];
  for (const record of history.records) {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (step?.do !== 'enter' || record.outcome.status !== 'ok' || record.section === undefined) continue;
    const inside = history.records.filter(
      (one) => one.section === record.section && one.actor === record.actor && one.attempt === record.attempt,
    );
    const left = inside.find((one) => one !== record && isLeave(one, trial));
    sections.push({
      stream: step.stream,
      actor: record.actor,
      process: record.process,
      instance: record.instance,
      number: record.section,
      attempt: record.attempt,
      from: record.return,
      to: left?.call ?? Number.POSITIVE_INFINITY,
      readFrom: inside.find((one) => isRead(trial, one))?.return ?? record.return,
      committed: left?.outcome.status === 'ok',
      wrote: inside.some((one) => isWrite(trial, one)),
      entered: record,
      left,
    });
  }
  const undone = sections.filter(({ committed }) => !committed);
  return sections
    .map((one) => ({
      ...one,
      committed: one.committed && !undone.some((other) => isWithin(one, other, sections)),
    }))
    .sort((a, b) => a.from - b.from);
}

/**
 * Whether it is the record of a section's end. A section that its actor leaves open is left by steps after the actor's
 * last one.
 */
function isLeave({ actor, step }: StepRecord, trial: Trial): boolean {
  const steps = trial.actors[actor]?.steps ?? [];
  const what = steps[step]?.do;
  return what === 'leave' || what === 'throw' || step >= steps.length;
}

/** The sections that enclose it, from the inside out. */
export function sectionsAround(section: Section, sections: readonly Section[]): Section[] {
  return sections
    .filter((outer) => outer.number !== section.number && isWithin(section, outer, sections))
    .sort((a, b) => b.from - a.from);
}

/** Whether `inner` is nested in `outer`. */
function isWithin(inner: Section, outer: Section, sections: readonly Section[]): boolean {
  if (inner.actor !== outer.actor || inner.from < outer.from) return false;
  // If a run of a callback was never left, it ends when it, or an enclosing section, runs again: its actor goes back.
  const again = sections.find(
    ({ actor, from, entered }) =>
      actor === outer.actor && from > outer.from && entered.step <= outer.entered.step,
  );
  return inner.to <= (outer.left?.call ?? again?.from ?? Number.POSITIVE_INFINITY);
}

/** The first pair of sections of one stream that overlap in time. */
export function overlapOf(sections: readonly Section[]): readonly [Section, Section] | undefined {
  const open = new Map<string, Section>();
  for (const section of sections.toSorted((a, b) => a.from - b.from)) {
    const earlier = open.get(section.stream);
    if (earlier !== undefined && section.from < earlier.to) return [earlier, section];
    open.set(section.stream, section);
  }
  return undefined;
}

/** The failure that `overlapOf` shows, in words. */
export function overlapFailure([first, second]: readonly [Section, Section], scope: Scope): Failure {
  const shared = sharedStretch(first, second) ?? { from: second.from, to: second.from };
  const length = Number.isFinite(shared.to) ? formatNs(shared.to - shared.from) : undefined;
  const who =
    first.process === second.process
      ? `Two callers in process ${first.process}`
      : `Processes ${first.process} and ${second.process}`;
  return {
    summary: `${who} were inside the section of stream "${scope.name(first.stream)}" at once${length === undefined ? ', and neither was seen to leave' : `, for ${length}`}.`,
    expected: 'a callback starts only after the one before it has ended',
    actual: `the second callback started ${length === undefined ? 'while the first one ran' : `${length} before the first one, or both, had ended`}`,
    marked: [first.entered, second.entered, first.left, second.left].filter((record) => record !== undefined),
    held: [first, second],
  };
}

/**
 * The failure that two sections of one stream overlapped. For an atomic adapter only sections count that wrote and
 * committed, from their first read on, because an optimistic one may let sections overlap and discard one of them.
 */
export function exclusionFailure({ main, trial, scope, subject }: TrialRun<unknown>): Failure | undefined {
  const mayOverlap = subject.capabilities.atomic && subject.surfaces.includes('streams');
  const sections = sectionsOf(main, trial);
  const counted = mayOverlap ? sections.filter((one) => one.committed && one.wrote).map(asRead) : sections;
  const pair = overlapOf(counted);
  return pair === undefined ? undefined : overlapFailure(pair, scope);
}

function asRead(section: Section): Section {
  return { ...section, from: section.readFrom };
}

/** Whether two withLock calls for one stream overlapped, so that the lock had something to exclude. */
export function contended(history: ProgramHistory, trial: Trial): boolean {
  return sectionsOf(history, trial).some((one) => isContended(one, history, trial));
}

/** Whether another actor's withLock for the same stream was in progress at the same time, successful or not. */
export function isContended(one: Section, history: ProgramHistory, trial: Trial): boolean {
  return history.records.some((record) => {
    const step = stepOf(trial, record);
    if (step?.do !== 'enter' || step.stream !== one.stream || record.actor === one.actor) return false;
    if (record.outcome.status === 'skipped') return false;
    const left =
      record.outcome.status === 'error'
        ? record
        : history.records.find((other) => other.section === record.section && isLeave(other, trial));
    const end = left?.return ?? Number.POSITIVE_INFINITY;
    return record.call < (one.left?.return ?? Number.POSITIVE_INFINITY) && one.entered.call < end;
  });
}

const WRITE = /\.(create|put|delete|append|insert|transition)$/;

const READ = /\.(get|list|scan)$/;

function isRead(trial: Trial, record: StepRecord): boolean {
  const step = stepOf(trial, record);
  return step?.do === 'call' && READ.test(step.method) && record.outcome.status === 'ok';
}

function isWrite(trial: Trial, record: StepRecord): boolean {
  const step = stepOf(trial, record);
  return step?.do === 'call' && WRITE.test(step.method) && record.outcome.status === 'ok';
}
