/**
 * Traces: records that only one section creates, on any surface, and changes that only one section makes. After a
 * trial, each trace must exist if and only if the withLock of its section resolved.
 */
import type { ExportJob, Surface, UserRecord } from '../../../adapters/contract/index.ts';
import { matchSections } from '../../../scenarios/host/language/normalize.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf, view } from './generate.ts';
import { codeOf, valueOf, whoOf } from '../judging/observe.ts';
import { pageIn } from '../judging/pages.ts';
import type { Failure, Trial, TrialRun } from '../engine/property.ts';
import { auditOf, eventOf, jobOf, replayOf } from './records.ts';
import { sectionsOf, type Section } from '../judging/sections.ts';

export const RECORD_KINDS = ['stream', 'user', 'event', 'replay', 'job', 'audit'] as const;
/** Changes of a record that the setup creates: see `prepareTrace`. */
const CHANGE_KINDS = ['removal of stream', 'removal of job', 'start of job', 'change of user'] as const;
/** The name of a user that a trace has changed. */
const CHANGED = 'changed';
export type RecordKind = (typeof RECORD_KINDS)[number];
type ChangeKind = (typeof CHANGE_KINDS)[number];
export type TraceKind = RecordKind | ChangeKind;

export interface Trace {
  readonly kind: TraceKind;
  /** An id that the trial uses for nothing else. Printable ASCII. */
  readonly id: string;
  /** The scope of an idempotency record's token. Default: `trace`. */
  readonly tokenScope?: string;
}

export const SURFACE_OF: Record<TraceKind, Surface> = {
  stream: 'streams',
  user: 'users',
  event: 'activity',
  replay: 'idempotency',
  job: 'exports',
  audit: 'exports',
  'removal of stream': 'streams',
  'removal of job': 'exports',
  'start of job': 'exports',
  'change of user': 'users',
};

/** The kinds of records that an adapter with these surfaces has. */
export function recordKindsOf(surfaces: readonly Surface[]): RecordKind[] {
  return RECORD_KINDS.filter((kind) => surfaces.includes(SURFACE_OF[kind]));
}

/** The kinds of changes that an adapter with these surfaces can make. */
export function changeKindsOf(surfaces: readonly Surface[]): ChangeKind[] {
  return CHANGE_KINDS.filter((kind) => surfaces.includes(SURFACE_OF[kind]));
}

/** The calls that create the record for a change, for setups. */
export function prepareTrace({ kind, id }: Trace): CallStep[] {
  switch (kind) {
    case 'removal of stream':
      return [direct('streams.create', streamOf(id))];
    case 'removal of job':
    case 'start of job':
      return [direct('jobs.create', jobOf(id, id))];
    case 'change of user':
      return [direct('users.put', { walletAddress: id })];
    default:
      return [];
  }
}

/** The calls that create the trace in the section. */
export function leaveTrace({ kind, id, tokenScope }: Trace): CallStep {
  switch (kind) {
    case 'stream':
      return view('streams.create', streamOf(id));
    case 'user':
      return view('users.put', { walletAddress: id });
    case 'event':
      return view('activity.append', eventOf(id, { streamId: id }));
    case 'replay':
      return view('idempotency.insert', replayOf(tokenOf(id, tokenScope)));
    case 'job':
      return view('jobs.create', jobOf(id, id));
    case 'audit':
      return view('audit.append', auditOf(id, id));
    case 'removal of stream':
      return view('streams.delete', id);
    case 'removal of job':
      return view('jobs.delete', id);
    case 'start of job':
      return view('jobs.transition', id, ['pending'], 'processing', {});
    case 'change of user':
      return view('users.put', { walletAddress: id, displayName: CHANGED });
    default:
      return kind satisfies never;
  }
}

/** Two calls that write the trace's record twice, if its kind allows that. */
export function rewriteTrace(trace: Trace): CallStep[] {
  const { kind, id } = trace;
  const left = leaveTrace(trace);
  switch (kind) {
    case 'stream':
      return [left, view('streams.put', streamOf(id, { revision: 1 }))];
    case 'user':
      return [left, view('users.put', { walletAddress: id, displayName: 'written again' })];
    case 'start of job':
      return [left, view('jobs.transition', id, ['processing'], 'failed', {})];
    case 'change of user':
      return [left, view('users.put', { walletAddress: id, displayName: CHANGED, email: 'a@b.invalid' })];
    case 'removal of stream':
      return [view('streams.put', streamOf(id, { revision: 1 })), left];
    case 'event':
    case 'replay':
    case 'job':
    case 'audit':
    case 'removal of job':
      return [left];
    default:
      return kind satisfies never;
  }
}

/** The call that looks for the trace outside of sections. */
export function readTrace({ kind, id, tokenScope }: Trace): CallStep {
  switch (kind) {
    case 'stream':
    case 'removal of stream':
      return direct('streams.get', id);
    case 'user':
    case 'change of user':
      return direct('users.get', id);
    case 'event':
      return direct('activity.list', { streamId: id, limit: 2 });
    case 'replay':
      return direct('idempotency.get', tokenOf(id, tokenScope));
    case 'job':
    case 'removal of job':
    case 'start of job':
      return direct('jobs.get', id);
    case 'audit':
      return direct('audit.list', { exportId: id, limit: 2 });
    default:
      return kind satisfies never;
  }
}

/** Whether the answer to `readTrace` shows the trace. */
export function showsTrace({ kind }: Trace, value: unknown): boolean {
  const isThere = value !== undefined && value !== null;
  switch (kind) {
    case 'event':
    case 'audit':
      return pageIn(value).items.length > 0;
    case 'removal of stream':
    case 'removal of job':
      return !isThere;
    case 'change of user':
      return isThere && (value as Partial<UserRecord>).displayName === CHANGED;
    case 'start of job':
      return isThere && (value as Partial<ExportJob>).status !== 'pending';
    default:
      return isThere;
  }
}

function tokenOf(id: string, tokenScope = 'trace'): string {
  return `${tokenScope}:${id}`;
}

/** The traces that the trial's actors leave, each with the first step that leaves it. */
export function tracesOf(trial: Trial): (Trace & { readonly actor: number; readonly step: number })[] {
  const known = new Set((trial.setup ?? []).map((step) => JSON.stringify(traceIn(step))));
  return trial.actors.flatMap(({ steps }, actor) =>
    steps.flatMap((step, index) => {
      const trace = traceIn(step);
      const name = JSON.stringify(trace);
      if (trace === undefined || known.has(name)) return [];
      known.add(name);
      return [{ ...trace, actor, step: index }];
    }),
  );
}

function traceIn(step: Step): Trace | undefined {
  if (step.do !== 'call') return undefined;
  const fields = (step.args[0] ?? {}) as {
    readonly id?: string;
    readonly walletAddress?: string;
    readonly displayName?: string;
    readonly token?: string;
  };
  const trace = (kind: TraceKind, id: unknown): Trace | undefined =>
    typeof id === 'string' ? { kind, id } : undefined;
  switch (step.method) {
    case 'streams.create':
      return trace('stream', fields.id);
    case 'users.put':
      return trace(fields.displayName === CHANGED ? 'change of user' : 'user', fields.walletAddress);
    case 'activity.append':
      return trace('event', fields.id);
    case 'idempotency.insert':
      return trace('replay', fields.token?.replace(/^trace:/, ''));
    case 'jobs.create':
      return trace('job', fields.id);
    case 'audit.append':
      return trace('audit', fields.id);
    case 'streams.delete':
      return trace('removal of stream', step.args[0]);
    case 'jobs.delete':
      return trace('removal of job', step.args[0]);
    case 'jobs.transition':
      return trace('start of job', step.args[0]);
    default:
      return undefined;
  }
}

/**
 * A trace that exists although its section rejected, that is missing although it resolved, or that exists without the
 * other traces.
 */
export function strayTrace(run: TrialRun<unknown>): Failure | undefined {
  const { main, trial } = run;
  // The last run of a callback decides, because it repeated the writes of earlier runs.
  const last = new Map(sectionsOf(main, trial).map((section) => [section.number, section]));
  for (const section of last.values()) {
    const { left } = section;
    if (left === undefined) continue;
    const isUnknown = codeOf(left) === 'OUTCOME_UNKNOWN';
    // The section resolved inside a section that did not. Whether its writes are undone as well is up to the adapter.
    if (isUnknown || (left.outcome.status === 'ok' && !section.committed)) {
      const half = halfStored(run, section, left);
      if (half !== undefined) return half;
      continue;
    }
    for (const trace of tracesOf(trial)) {
      if (trace.actor !== section.actor || !isOf(section, trace.step, run)) continue;
      const read = finalRead(run, trace);
      const isThere = read !== undefined && showsTrace(trace, valueOf(read));
      if (read !== undefined && isThere !== section.committed) return strayFailure(run, section, trace, read);
    }
  }
  return undefined;
}

/** For a section with an unknown outcome: some of its writes are stored and some are not. */
function halfStored(run: TrialRun<unknown>, section: Section, left: StepRecord): Failure | undefined {
  const made = tracesOf(run.trial).flatMap((trace) => {
    const read = finalRead(run, trace);
    if (trace.actor !== section.actor || read === undefined || !succeededIn(section, trace.step, run))
      return [];
    return [{ trace, read, isThere: showsTrace(trace, valueOf(read)) }];
  });
  const kept = made.find(({ isThere }) => isThere);
  const gone = made.find(({ isThere }) => !isThere);
  if (kept === undefined || gone === undefined) return undefined;
  const name = ({ trace: { kind, id } }: typeof kept): string => `the ${kind} "${run.scope.name(id)}"`;
  return {
    summary: `Of what one section made (${whoOf(left)}), ${name(kept)} is stored and ${name(gone)} is not.`,
    expected: 'what a section wrote is stored as a whole or not at all',
    actual: 'it is stored in part',
    marked: [section.entered, left, kept.read, gone.read],
  };
}

/** Whether the step succeeded in this run of the section's callback, or the section ended before or at it. */
function isOf(section: Section, step: number, run: TrialRun<unknown>): boolean {
  const { actor, committed, entered } = section;
  return committed
    ? succeededIn(section, step, run)
    : entered.step === innermostAt(run.trial.actors[actor]?.steps ?? [], step);
}

function succeededIn(
  { number, attempt, actor }: Section,
  step: number,
  { main }: TrialRun<unknown>,
): boolean {
  return main.records.some(
    (record) =>
      record.actor === actor &&
      record.step === step &&
      record.section === number &&
      record.attempt === attempt &&
      record.outcome.status === 'ok',
  );
}

/** The `enter` of the innermost section that contains the step. */
export function innermostAt(steps: readonly Step[], step: number): number | undefined {
  const { leaveOf } = matchSections(steps);
  const around = [...leaveOf].filter(([enter, leave]) => enter < step && step < leave);
  return around.length === 0 ? undefined : Math.max(...around.map(([enter]) => enter));
}

function finalRead({ finale, trial }: TrialRun<unknown>, trace: Trace): StepRecord | undefined {
  const wanted = JSON.stringify(readTrace(trace));
  return finale.find((record) => JSON.stringify(trial.finale?.[record.step]) === wanted);
}

function strayFailure(
  { scope }: TrialRun<unknown>,
  section: Section,
  trace: Trace,
  read: StepRecord,
): Failure {
  const { committed, entered } = section;
  const left = section.left as StepRecord;
  const isChange = CHANGE_KINDS.some((kind) => kind === trace.kind);
  const what = `The ${trace.kind}${isChange ? '' : ' record'} "${scope.name(trace.id)}"`;
  return {
    summary: committed
      ? `${what} is missing, although withLock of the section that made it (${whoOf(left)}) resolved.`
      : `${what} is stored, although withLock of the section that made it (${whoOf(left)}) rejected.`,
    expected: 'what a section wrote is stored if and only if its withLock resolved',
    actual: `withLock ${committed ? 'resolved' : 'rejected'}, and it is ${committed ? 'not there' : 'there'}`,
    marked: [entered, left, read],
  };
}
