/** Pictures of a trial: one lane per actor, one event per step. */
import type { ProgramHistory, StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step, Trouble } from '../../../scenarios/host/language/program.ts';
import type { Lane, LaneEvent } from '../../result.ts';
import { stepOf } from '../judging/observe.ts';
import type { Failure, Scope, TrialRun } from '../engine/property.ts';
import { cut, shown } from './shown.ts';

/** The longest value of a marked step in a label, in characters. It decides, so it may be longer than others. */
const MAX_DECIDING = 240;

export function lanesOf(
  run: TrialRun<unknown>,
  { marked = [], held = [] }: Pick<Failure, 'marked' | 'held'>,
): Lane[] {
  const { main, trial, scope } = run;
  const origin = Math.min(
    ...main.records.map((record) => record.call),
    ...main.stuck.map((stuck) => stuck.call),
    ...run.finale.map((record) => record.call),
  );
  const last = Math.max(origin, ...main.records.map((record) => record.return));
  const lanes = trial.actors.map((_, index) => {
    const own = held.find(({ actor }) => actor === index);
    const events = main.records
      .filter((record) => record.actor === index && record.outcome.status !== 'skipped')
      .map((record) => eventOf(record, stepOf(trial, record), scope, origin, marked.includes(record)));
    return {
      label: labelOf(main, index),
      events: [...events, ...stuckEvents(run, index, origin)],
      ...(own === undefined
        ? {}
        : { held: { fromUs: (own.from - origin) / 1000, toUs: (Math.min(own.to, last) - origin) / 1000 } }),
    };
  });
  const finale = finaleLane(run, origin, marked);
  // Steps that an actor skipped, or that shrinking removed, are not part of the picture.
  const told = lanes.filter(({ events }) => events.length > 0);
  return finale === undefined ? told : [...told, finale];
}

function labelOf(history: ProgramHistory, actor: number): string {
  const record = history.records.find((one) => one.actor === actor);
  const process = record?.process ?? history.stuck.find((one) => one.actor === actor)?.process;
  return `process ${process ?? '?'}, actor ${actor + 1}`;
}

function finaleLane(run: TrialRun<unknown>, origin: number, marked: readonly StepRecord[]): Lane | undefined {
  const first = run.finale[0];
  if (first === undefined) return undefined;
  const events = run.finale.map((record) =>
    eventOf(record, run.trial.finale?.[record.step], run.scope, origin, marked.includes(record)),
  );
  return { label: `afterwards, process ${first.process}`, events };
}

function eventOf(
  record: StepRecord,
  step: Step | undefined,
  scope: Scope,
  origin: number,
  marked: boolean,
): LaneEvent {
  const failed = record.outcome.status === 'error';
  const length = marked ? MAX_DECIDING : undefined;
  return {
    label: `${describeStep(step, scope, length)}${describeOutcome(record, step, scope, length)}`,
    fromUs: (record.call - origin) / 1000,
    toUs: (record.return - origin) / 1000,
    kind: failed ? 'error' : kindOf(step),
    ...(marked ? { marked } : {}),
  };
}

function stuckEvents(run: TrialRun<unknown>, actor: number, origin: number): LaneEvent[] {
  const end = Math.max(origin, ...run.main.records.map((record) => record.return));
  return run.main.stuck
    .filter((stuck) => stuck.actor === actor)
    .map((stuck) => ({
      label: `${describeStep(run.trial.actors[actor]?.steps[stuck.step], run.scope)} never returned`,
      fromUs: (stuck.call - origin) / 1000,
      toUs: (Math.max(end, stuck.call) - origin) / 1000,
      kind: 'stuck' as const,
      marked: true,
    }));
}

function kindOf(step: Step | undefined): LaneEvent['kind'] {
  switch (step?.do) {
    case 'enter':
      return 'enter';
    case 'leave':
    case 'throw':
      return 'leave';
    case 'call':
    case 'request':
      return 'call';
    default:
      return 'other';
  }
}

function writerOf({ as }: Extract<Step, { readonly do: 'call' | 'enter' }>): string {
  return as === undefined ? '' : ` as ${as.role} in epoch ${as.epoch}`;
}

/** For example `enter s1`. */
export function describeStep(step: Step | undefined, scope: Scope, length?: number): string {
  switch (step?.do) {
    case 'enter':
      return `enter ${nameOf(step.stream, scope)}${step.elsewhere === undefined ? '' : ` of instance ${step.elsewhere + 1}`}${step.side === undefined ? '' : ` on the ${step.side} side`}${writerOf(step)}${step.aborted === true ? ', aborted before' : ''}`;
    case 'throw':
      return `throw ${step.thrown === 'null' || step.thrown === 'undefined' ? step.thrown : JSON.stringify(step.message)}`;
    case 'call':
      return `${step.via === 'instance' ? '' : `${step.via}.`}${step.method} ${shown(step.args[0], scope, length)}${writerOf(step)}${step.edits === true ? ', then changed' : ''}`;
    case 'section':
      return `section of ${nameOf(step.stream, scope)} {${step.steps.map((one) => describeStep(one, scope)).join('; ')}}${step.throws === undefined ? '' : ' that throws'}`;
    case 'spawn':
      return `start ${step.as}: ${describeStep(step.call, scope)}${step.whenOver === true ? ', when the section is over' : ''}`;
    case 'join':
      return `the answer to ${step.spawned}`;
    case 'request':
      return describeRequest(step, scope);
    case 'hold':
      return `hold ${step.ms} ms`;
    case 'abort':
      return `abort actor ${step.actor + 1}`;
    case 'advance':
      return `clock +${step.ms} ms`;
    case 'mutate':
      return `change returned ${step.saved}`;
    case 'close':
      return step.side === undefined
        ? `close${step.how === undefined ? '' : `, ${step.how}`}`
        : `lose the ${step.side} side`;
    case 'trouble':
      return `trouble with the ${step.side} side: ${describeTrouble(step.trouble)}`;
    case 'heal':
      return `the trouble with the ${step.side} side ends`;
    case 'leave':
    case 'reopen':
      return step.do;
    case undefined:
      return 'end';
    default:
      return step satisfies never;
  }
}

/** For example `writes are refused, 1 time after 2`. */
function describeTrouble({ how, of, after = 0, times, naming, store, ms }: Trouble): string {
  const calls = `${of === 'all' ? 'calls' : of}${store === undefined ? '' : ` of ${store}`}`;
  const which = naming === undefined ? '' : ' of one record';
  const end = times === undefined ? '' : times === 1 ? ', once' : `, ${times} times`;
  const delay = ms === undefined ? '' : ` by ${ms} ms`;
  return `${calls}${which} are ${how}${delay}${end}${after === 0 ? '' : ` after ${after}`}`;
}

function describeRequest(
  { operation, stream, key, body, unreadable }: Extract<Step, { readonly do: 'request' }>,
  scope: Scope,
): string {
  const parts = [operation, scope.name(stream)];
  if (key !== undefined) parts.push(`key ${scope.name(key)}`);
  if (body !== undefined) parts.push(shown(body, scope));
  return `${parts.join(' ')}${unreadable === true ? ', which cannot be looked up' : ''}`;
}

/** A faulty adapter's ids are not always texts. */
function nameOf(id: unknown, scope: Scope): string {
  return cut(scope.name(String(id)));
}

function describeOutcome(
  record: StepRecord,
  step: Step | undefined,
  scope: Scope,
  length: number | undefined,
): string {
  const { outcome } = record;
  if (outcome.status === 'error') return ` ✗ ${outcome.error.code ?? outcome.error.name}`;
  if (outcome.status !== 'ok' || step === undefined) return '';
  if (
    step.do === 'call' &&
    /\.(get|list|scan|putIfAbsent|begin|claimNext|backfill|repair|compare)$/.test(step.method)
  )
    return ` → ${shown(outcome.value, scope, length)}`;
  return step.do === 'request' ? ` → ${shown(outcome.value, scope, length)}` : '';
}
