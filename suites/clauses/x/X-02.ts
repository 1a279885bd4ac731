import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { enter, direct, leave, streamOf, view } from '../../harness/cases/generate.ts';
import { codeOf, observed, show, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { scripted, turn } from '../../harness/cases/script.ts';
import { leaveTrace, readTrace, showsTrace, recordKindsOf, type Trace } from '../../harness/cases/traces.ts';
import { chunks } from '../../harness/engine/chunks.ts';
import { locksStreams } from '../../harness/cases/lockedStreams.ts';

/** A write, and the read that must find it. */
interface Pair {
  /** The kind of write. `put` and `section` change a stream, outside sections or under its lock. */
  readonly what: Trace['kind'] | 'put' | 'section';
  /** How the stream is read: outside sections, or under its lock. */
  readonly under: 'nothing' | 'lock';
  /** Whether another instance than the writer's reads. */
  readonly elsewhere: boolean;
}

/** Every pair for which the adapter has the surfaces. */
function pairsOf(subject: Subject): Pair[] {
  const { surfaces } = subject;
  const whats: Pair['what'][] = [...recordKindsOf(surfaces)];
  if (surfaces.includes('streams')) whats.push('put');
  const locks = locksStreams(subject);
  if (locks) whats.push('section');
  return whats.flatMap((what) => {
    const unders: Pair['under'][] = locks && isOfStream(what) ? ['nothing', 'lock'] : ['nothing'];
    return unders.flatMap((under) => [false, true].map((elsewhere) => ({ what, under, elsewhere })));
  });
}

function isOfStream(what: Pair['what']): boolean {
  return what === 'stream' || what === 'put' || what === 'section';
}

/** How many pairs one example has. */
const PAIRS_PER_EXAMPLE = 8;

/**
 * A replica lags behind. The next read after a write has returned must see it, from the instance that wrote and from
 * another one, on every surface, outside sections and under a lock.
 */
export const X_02: AnyProperty = property<readonly Pair[]>({
  clause: 'X-02',
  environments: () => ['lagging-replica'],
  topologies: ['shared', 'processes'],
  arbitrary: (subject) => fc.array(fc.constantFrom(...pairsOf(subject)), { minLength: 1, maxLength: 4 }),
  examples: (subject) => chunks(pairsOf(subject), PAIRS_PER_EXAMPLE),
  situations: (subject) => pairsOf(subject).map(readAfterwards),
  trial: (pairs, scope) => {
    const turns = pairs.flatMap((pair, index) => {
      const reader = pair.elsewhere ? 1 : 0;
      return [
        ...writeSteps(pair, index, scope).map((step) => turn(0, step)),
        ...readSteps(pair, index, scope).map((step) => turn(reader, step)),
      ];
    });
    return scripted(turns, [0, 1]);
  },
  judge: (run) => unseenWrite(run),
});

/** The write returned, and the read after it was answered. */
function readAfterwards(wanted: Pair): Situation<readonly Pair[]> {
  const { what, under, elsewhere } = wanted;
  const words = { put: 'changed stream', section: 'stream that was changed under its lock' };
  const name = what === 'put' || what === 'section' ? words[what] : `new ${what} record`;
  return {
    name: `a ${name} that ${elsewhere ? 'another' : 'the same'} instance then read${under === 'lock' ? ' under its lock' : ''}`,
    occurred: (run) =>
      run.input.some((pair, index) => {
        if (!isDeepStrictEqual(pair, wanted)) return false;
        const trace = traceOf(pair, index, run.scope);
        const own = observed(run).filter(({ step }) => names(step, trace));
        return (
          own.some(({ step }) => isRead(step, trace)) &&
          own.every(({ record }) => codeOf(record) === undefined)
        );
      }),
  };
}

/** The record that the pair's write leaves behind. */
function traceOf({ what }: Pair, index: number, scope: Scope): Trace {
  const kind = what === 'put' || what === 'section' ? 'stream' : what;
  return { kind, id: scope.id(`${kind}-${index + 1}`) };
}

function writeSteps(pair: Pair, index: number, scope: Scope): Step[] {
  const trace = traceOf(pair, index, scope);
  const created: Step = leaveTrace(trace);
  const changed = streamOf(trace.id, { revision: 1 });
  switch (pair.what) {
    case 'put':
      return [created, direct('streams.put', changed)];
    case 'section':
      return [created, enter(trace.id), view('streams.put', changed), leave];
    default:
      return [created];
  }
}

function readSteps(pair: Pair, index: number, scope: Scope): Step[] {
  const trace = traceOf(pair, index, scope);
  return trace.kind === 'stream' && pair.under === 'lock'
    ? [enter(trace.id), view('streams.get', trace.id), leave]
    : [readTrace(trace)];
}

function unseenWrite(run: TrialRun<readonly Pair[]>): Failure | undefined {
  const { input, scope } = run;
  const steps = observed(run);
  for (const [index, pair] of input.entries()) {
    const trace = traceOf(pair, index, scope);
    const read = steps.find(({ step }) => isRead(step, trace))?.record;
    const failed = steps.find(
      ({ step, record }) => names(step, trace) && codeOf(record) !== undefined,
    )?.record;
    if (failed !== undefined) return failedFailure(failed, trace, scope);
    if (read === undefined || isSeen(pair, trace, valueOf(read))) continue;
    const changed = pair.what === 'put' || pair.what === 'section';
    return {
      summary: `After ${changed ? 'a change of' : 'the creation of'} the ${trace.kind} "${scope.name(trace.id)}" had returned, ${whoOf(read)} ${pair.elsewhere ? 'in another instance' : 'in the same instance'} read ${show(valueOf(read), scope)}.`,
      expected: changed ? 'revision 1, as it was written' : 'the record that was written',
      actual: show(valueOf(read), scope),
      marked: [read, ...steps.filter(({ step }) => names(step, trace)).map(({ record }) => record)],
    };
  }
  return undefined;
}

function isSeen({ what }: Pair, trace: Trace, value: unknown): boolean {
  if (!showsTrace(trace, value)) return false;
  return what !== 'put' && what !== 'section' ? true : (value as { revision?: unknown }).revision === 1;
}

function isRead(step: Step, trace: Trace): boolean {
  if (step.do !== 'call') return false;
  const { method, args } = readTrace(trace);
  return step.method === method && JSON.stringify(step.args) === JSON.stringify(args);
}

function names(step: Step, { id }: Trace): boolean {
  return JSON.stringify(step).includes(JSON.stringify(id).slice(1, -1));
}

function failedFailure(record: Parameters<typeof whoOf>[0], trace: Trace, scope: Scope): Failure {
  return {
    summary: `With a replica, a plain call for the ${trace.kind} "${scope.name(trace.id)}" (${whoOf(record)}) failed with ${codeOf(record)}.`,
    expected: 'reads and writes go to the primary, and succeed',
    actual: record.outcome.status === 'error' ? record.outcome.error.message : 'an error',
    marked: [record],
  };
}
