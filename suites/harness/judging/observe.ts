/** Reading a history: the steps behind its records, their values and codes. */
import { inspect } from 'node:util';
import type { StorageErrorCode } from '../../../adapters/contract/index.ts';
import { MUTATED } from '../../../scenarios/host/language/arguments.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, Step } from '../../../scenarios/host/language/program.ts';
import type { Scope, Trial, TrialRun } from '../engine/property.ts';

/** A finished step with the record of it. */
export interface Observed {
  readonly step: Step;
  readonly record: StepRecord;
}

/**
 * The step behind a record of the actors: of a call that was spawned the call itself, as its record is that of the `join`.
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

/** Finished steps of the actors, in the order in which they finished; skipped ones left out. */
export function observed(run: Pick<TrialRun<unknown>, 'main' | 'trial'>): Observed[] {
  return run.main.records.flatMap((record) => {
    const step = stepOf(run.trial, record);
    return step === undefined || record.outcome.status === 'skipped' ? [] : [{ step, record }];
  });
}

/** Finished calls of one method by the actors. */
export function calls(
  run: Pick<TrialRun<unknown>, 'main' | 'trial'>,
  method: CallStep['method'],
): (Observed & { readonly step: CallStep })[] {
  return observed(run).filter(
    (one): one is Observed & { readonly step: CallStep } =>
      one.step.do === 'call' && one.step.method === method,
  );
}

/** What the finale's step at `index` returned. */
export function finaleValue(run: Pick<TrialRun<unknown>, 'finale'>, index: number): unknown {
  return valueOf(run.finale.find((record) => record.step === index));
}

/** What a call returned; undefined when it failed. */
export function valueOf(record: StepRecord | undefined): unknown {
  return record?.outcome.status === 'ok' ? record.outcome.value : undefined;
}

/** The code that a call failed with, `none` for an error without one, undefined when it did not fail. */
export function codeOf(record: StepRecord): StorageErrorCode | 'none' | undefined {
  return record.outcome.status === 'error' ? (record.outcome.error.code ?? 'none') : undefined;
}

/** `process 2, actor 3`. */
export function whoOf(record: StepRecord): string {
  return `process ${record.process}, actor ${record.actor + 1}`;
}

/** The beginning of a summary, if `value` shows what a caller did, in place, to an object that it was given. */
export function editedText(value: unknown): string {
  return inspect(value, { depth: null }).includes(MUTATED)
    ? 'A caller changed, in place, what it was given, and what is stored changed with it. '
    : '';
}

/** `value` as short JSON with the trial's ids in their readable form. */
export function show(value: unknown, scope: Scope): string {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`;
    return typeof inner === 'string' ? scope.name(inner) : inner;
  });
  return text === undefined ? 'undefined' : text.length > 300 ? `${text.slice(0, 299)}…` : text;
}
