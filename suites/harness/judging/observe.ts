/** Reads histories: the steps of records, their values and their codes. */
import { inspect } from 'node:util';
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import { MUTATED } from '../../../scenarios/host/language/arguments.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import type { Scope, Trial, TrialRun } from '../engine/property.ts';

/** A finished step with its record. */
export interface Observed {
  readonly step: Step;
  readonly record: StepRecord;
}

/**
 * The step of an actor's record. For the `join` of a spawned call it is the call itself, because the record is that of
 * the call.
 */
export function stepOf(
  { actors }: Pick<Trial, 'actors'>,
  { actor, step: index }: StepRecord,
): Step | undefined {
  const steps = actors[actor]?.steps;
  const step = steps?.[index];
  if (step?.do !== 'join') return step;
  const spawn = steps?.slice(0, index).findLast((one) => one.do === 'spawn' && one.as === step.spawned);
  return spawn?.do === 'spawn' ? spawn.call : step;
}

/** The finished steps of the actors, in the order in which they finished, without skipped ones. */
export function observed(run: Pick<TrialRun<unknown>, 'main' | 'trial'>): Observed[] {
  return run.main.records.flatMap((record) => {
    const step = stepOf(run.trial, record);
    return step === undefined || record.outcome.status === 'skipped' ? [] : [{ step, record }];
  });
}

/** The finished calls of one method by the actors. */
export function calls(
  run: Pick<TrialRun<unknown>, 'main' | 'trial'>,
  method: CallStep['method'],
): (Observed & { readonly step: CallStep })[] {
  return observed(run).filter(
    (one): one is Observed & { readonly step: CallStep } =>
      one.step.do === 'call' && one.step.method === method,
  );
}

/** What step `index` of the finale returned. */
export function finaleValue(run: Pick<TrialRun<unknown>, 'finale'>, index: number): unknown {
  return valueOf(run.finale.find((record) => record.step === index));
}

/** What a call returned. Undefined if it failed. */
export function valueOf(record: StepRecord | undefined): unknown {
  return record?.outcome.status === 'ok' ? record.outcome.value : undefined;
}

/** The code with which a call failed. `none`: an error without a code. Undefined: it did not fail. */
export function codeOf(record: StepRecord): StorageErrorCode | 'none' | undefined {
  return record.outcome.status === 'error' ? (record.outcome.error.code ?? 'none') : undefined;
}

/** `process 2, actor 3`. */
export function whoOf(record: StepRecord): string {
  return `process ${record.process}, actor ${record.actor + 1}`;
}

/** The beginning of a summary, if `value` shows a change that a caller made in place to an object of the adapter. */
export function editedText(value: unknown): string {
  return inspect(value, { depth: null }).includes(MUTATED)
    ? 'A caller changed, in place, what it was given, and what is stored changed with it. '
    : '';
}

/** `value` as short JSON, with the trial's ids replaced by their names. */
export function show(value: unknown, scope: Scope): string {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`;
    return typeof inner === 'string' ? scope.name(inner) : inner;
  });
  return text === undefined ? 'undefined' : text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
