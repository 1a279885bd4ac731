/** Writes that must fail: one for each way in which a surface can refuse one. LOCK-18, TX-02 and LIFE share them. */
import type { StorageErrorCode, Surface } from '../../../adapters/contract/index.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf, view } from './generate.ts';
import type { Scope } from '../engine/property.ts';
import { auditOf, eventOf, jobOf, replayOf } from './records.ts';

export const FAILING_WRITES = [
  'create existing stream',
  'put unknown stream',
  'put invalid stream',
  'put invalid user',
  'append other event',
  'insert live token',
  'create existing job',
  'append existing audit record',
  'transition unknown job',
  'transition pending job as processing',
] as const;
export type FailingWrite = (typeof FAILING_WRITES)[number];

interface FailingCall {
  readonly surface: Surface;
  readonly code: StorageErrorCode;
  /** Stores what the write needs in order to fail. */
  readonly setup?: (taken: string, owner: string) => CallStep;
  /** `other` is an unused id. */
  readonly write: (taken: string, other: string) => CallStep;
}

const ROWS: Readonly<Record<FailingWrite, FailingCall>> = {
  'create existing stream': {
    surface: 'streams',
    code: 'ALREADY_EXISTS',
    setup: (taken) => direct('streams.create', streamOf(taken)),
    write: (taken) => view('streams.create', streamOf(taken, { status: 'draft' })),
  },
  'put unknown stream': {
    surface: 'streams',
    code: 'NOT_FOUND',
    write: (_, other) => view('streams.put', streamOf(other)),
  },
  'put invalid stream': {
    surface: 'streams',
    code: 'INVALID_RECORD',
    write: (taken) => view('streams.put', streamOf(taken, { totalAmount: '-1' })),
  },
  'put invalid user': {
    surface: 'users',
    code: 'INVALID_RECORD',
    write: (taken) => view('users.put', { walletAddress: taken, createdAt: 'yesterday' }),
  },
  'append other event': {
    surface: 'activity',
    code: 'ALREADY_EXISTS',
    setup: (taken) => direct('activity.append', eventOf(taken)),
    write: (taken) => view('activity.append', eventOf(taken, { description: 'another one' })),
  },
  'insert live token': {
    surface: 'idempotency',
    code: 'ALREADY_EXISTS',
    setup: (taken) => direct('idempotency.insert', replayOf(`taken:${taken}`)),
    write: (taken) => view('idempotency.insert', replayOf(`taken:${taken}`, { body: 'another one' })),
  },
  'create existing job': {
    surface: 'exports',
    code: 'ALREADY_EXISTS',
    setup: (taken, owner) => direct('jobs.create', jobOf(taken, owner)),
    write: (taken, other) => view('jobs.create', jobOf(taken, other)),
  },
  'append existing audit record': {
    surface: 'exports',
    code: 'ALREADY_EXISTS',
    setup: (taken) => direct('audit.append', auditOf(taken, taken)),
    write: (taken) => view('audit.append', auditOf(taken, taken, { type: 'export.downloaded' })),
  },
  'transition unknown job': {
    surface: 'exports',
    code: 'NOT_FOUND',
    write: (_, other) => view('jobs.transition', other, ['pending'], 'processing'),
  },
  'transition pending job as processing': {
    surface: 'exports',
    code: 'CONFLICT',
    setup: (taken, owner) => direct('jobs.create', jobOf(taken, owner)),
    write: (taken) => view('jobs.transition', taken, ['processing'], 'failed'),
  },
};

/** The writes that an adapter with these surfaces can refuse. */
export function failingWritesOf(surfaces: readonly Surface[]): FailingWrite[] {
  return FAILING_WRITES.filter((kind) => surfaces.includes(ROWS[kind].surface));
}

/** The calls that store what these writes need in order to fail. */
export function failingWritesSetup(kinds: readonly string[], scope: Scope): CallStep[] {
  const used = FAILING_WRITES.filter((kind) => kinds.includes(kind));
  const calls = used.flatMap((kind) => ROWS[kind].setup?.(scope.id('taken'), scope.id('owner')) ?? []);
  // Two failing writes may need the same record.
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}

/** The write through the section's view; outside a section, on the instance. */
export function failingWrite(kind: FailingWrite, scope: Scope): CallStep {
  return ROWS[kind].write(scope.id('taken'), scope.id('unknown'));
}

/** The code with which the step must fail. Undefined: it is not one of these writes. */
export function failingCode(step: Step, scope: Scope): StorageErrorCode | undefined {
  if (step.do !== 'call') return undefined;
  const text = JSON.stringify([step.method, step.args]);
  const kind = FAILING_WRITES.find((one) => {
    const { method, args } = failingWrite(one, scope);
    return JSON.stringify([method, args]) === text;
  });
  return kind === undefined ? undefined : ROWS[kind].code;
}
