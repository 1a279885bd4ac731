/**
 * Traces: records that one section alone creates, on any surface. After a trial each must be there if and only if
 * withLock of its section resolved.
 */
import type { Surface } from '../../adapters/contract/index.ts';
import type { CallStep, Step, StepRecord } from '../../scenarios/host/program.ts';
import { direct, streamOf, view } from './generate.ts';
import { codeOf, valueOf, whoOf } from './observe.ts';
import { pageIn } from './pages.ts';
import type { Failure, Trial, TrialRun } from './property.ts';
import { auditOf, eventOf, jobOf, replayOf } from './records.ts';
import { sectionsOf, type Section } from './sections.ts';

export const TRACE_KINDS = ['stream', 'user', 'event', 'replay', 'job', 'audit'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

export interface Trace {
  readonly kind: TraceKind;
  /** An id that the trial uses for nothing else: printable ASCII. */
  readonly id: string;
}

const SURFACE_OF: Record<TraceKind, Surface> = {
  stream: 'streams',
  user: 'users',
  event: 'activity',
  replay: 'idempotency',
  job: 'exports',
  audit: 'exports',
};

/** The kinds that an adapter with these surfaces can hold. */
export function traceKindsOf(surfaces: readonly Surface[]): TraceKind[] {
  return TRACE_KINDS.filter((kind) => surfaces.includes(SURFACE_OF[kind]));
}

/** Creates the trace in the section. */
export function leaveTrace({ kind, id }: Trace): CallStep {
  switch (kind) {
    case 'stream':
      return view('streams.create', streamOf(id));
    case 'user':
      return view('users.put', { walletAddress: id });
    case 'event':
      return view('activity.append', eventOf(id, { streamId: id }));
    case 'replay':
      return view('idempotency.insert', replayOf(tokenOf(id)));
    case 'job':
      return view('jobs.create', jobOf(id, id));
    case 'audit':
      return view('audit.append', auditOf(id, id));
    default:
      return kind satisfies never;
  }
}

/** Looks for the trace outside sections. */
export function readTrace({ kind, id }: Trace): CallStep {
  switch (kind) {
    case 'stream':
      return direct('streams.get', id);
    case 'user':
      return direct('users.get', id);
    case 'event':
      return direct('activity.list', { streamId: id, limit: 2 });
    case 'replay':
      return direct('idempotency.get', tokenOf(id));
    case 'job':
      return direct('jobs.get', id);
    case 'audit':
      return direct('audit.list', { exportId: id, limit: 2 });
    default:
      return kind satisfies never;
  }
}

/** Whether the answer to `readTrace` shows the trace. */
export function showsTrace({ kind }: Trace, value: unknown): boolean {
  if (kind !== 'event' && kind !== 'audit') return value !== undefined && value !== null;
  return pageIn(value).items.length > 0;
}

function tokenOf(id: string): string {
  return `trace:${id}`;
}

/** The traces that the trial's actors leave, with the step that does. */
export function tracesOf(trial: Trial): (Trace & { readonly actor: number; readonly step: number })[] {
  const given = new Set((trial.setup ?? []).map((step) => JSON.stringify(traceIn(step))));
  return trial.actors.flatMap(({ steps }, actor) =>
    steps.flatMap((step, index) => {
      const trace = traceIn(step);
      return trace === undefined || given.has(JSON.stringify(trace))
        ? []
        : [{ ...trace, actor, step: index }];
    }),
  );
}

function traceIn(step: Step): Trace | undefined {
  if (step.do !== 'call') return undefined;
  const fields = (step.args[0] ?? {}) as {
    readonly id?: string;
    readonly walletAddress?: string;
    readonly token?: string;
  };
  const trace = (kind: TraceKind, id: string | undefined): Trace | undefined =>
    id === undefined ? undefined : { kind, id };
  switch (step.method) {
    case 'streams.create':
      return trace('stream', fields.id);
    case 'users.put':
      return trace('user', fields.walletAddress);
    case 'activity.append':
      return trace('event', fields.id);
    case 'idempotency.insert':
      return trace('replay', fields.token?.replace(/^trace:/, ''));
    case 'jobs.create':
      return trace('job', fields.id);
    case 'audit.append':
      return trace('audit', fields.id);
    default:
      return undefined;
  }
}

/** A trace that is there although its section rejected, or that is missing although it resolved. */
export function strayTrace(run: TrialRun<unknown>): Failure | undefined {
  const { main, trial } = run;
  // The last run of a callback decides; what an earlier run wrote was written again.
  const last = new Map(sectionsOf(main, trial).map((section) => [section.number, section]));
  for (const section of last.values()) {
    const { left } = section;
    if (left === undefined || codeOf(left) === 'OUTCOME_UNKNOWN') continue;
    for (const trace of tracesOf(trial)) {
      if (trace.actor !== section.actor || !isOf(section, trace.step, run)) continue;
      const read = finalRead(run, trace);
      const isThere = read !== undefined && showsTrace(trace, valueOf(read));
      if (read !== undefined && isThere !== section.committed) return strayFailure(run, section, trace, read);
    }
  }
  return undefined;
}

/** Whether the step succeeded in this run of the section's callback, or the section was given up before or at it. */
function isOf(
  { number, attempt, actor, committed, entered, left }: Section,
  step: number,
  { main }: TrialRun<unknown>,
): boolean {
  if (!committed) return step > entered.step && step < (left?.step ?? Number.POSITIVE_INFINITY);
  return main.records.some(
    (record) =>
      record.actor === actor &&
      record.step === step &&
      record.section === number &&
      record.attempt === attempt &&
      record.outcome.status === 'ok',
  );
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
  const what = `The ${trace.kind} record "${scope.name(trace.id)}"`;
  return {
    summary: committed
      ? `${what} is missing, although withLock of the section that created it (${whoOf(left)}) resolved.`
      : `${what} is stored, although withLock of the section that created it (${whoOf(left)}) rejected.`,
    expected: 'what a section wrote is stored if and only if its withLock resolved',
    actual: `withLock ${committed ? 'resolved' : 'rejected'}, and the record is ${committed ? 'not there' : 'there'}`,
    marked: [entered, left, read],
  };
}
