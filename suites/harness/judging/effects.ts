/**
 * What sections read and wrote, and whether some order of whole sections explains it. An adapter may choose any order,
 * whether it is pessimistic or optimistic, as long as the order respects real time: a section that settled before
 * another was called comes first.
 */
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep, SavedArgument, Step } from '../../../scenarios/host/language/program.ts';
import { saved, view } from '../cases/generate.ts';
import { codeOf, stepOf, valueOf, whoOf } from './observe.ts';
import type { Failure, Trial, TrialRun } from '../engine/property.ts';
import { sectionsOf, type Section } from './sections.ts';

/** The released amount as the value of a stream. Undefined: there is no such stream. */
export type Value = string | undefined;
export type Values = ReadonlyMap<string, Value>;

export interface Access {
  readonly kind: 'read' | 'write';
  /** The id of the stream's record. */
  readonly id: string;
  readonly value: Value;
  readonly record: StepRecord;
}

export interface Effect {
  readonly section: Section;
  /** `open`: it is unknown whether the section was committed. */
  readonly fate: 'committed' | 'aborted' | 'open';
  readonly accesses: readonly Access[];
}

/** The most sections of one trial that can be distinguished by the digits that they add. */
export const MAX_DIGITS = 15;

/** Reads the stream through the view, and adds 1 to the digit `digit` of its released amount. */
export function addDigit(id: string, digit: number): CallStep[] {
  return [readForUpdate(id), writeDigit(id, digit)];
}

export function readForUpdate(id: string): CallStep {
  return saved(id, view('streams.get', id));
}

/** Writes what `readForUpdate` has read, with 1 added to the digit. */
export function writeDigit(id: string, digit: number): CallStep {
  return view('streams.put', { $saved: id, add: { revision: 1, releasedAmount: 10 ** digit } });
}

/** The effects of all runs of all callbacks, in the order of entry. */
export function effectsOf({ main, trial, subject }: TrialRun<unknown>): Effect[] {
  return sectionsOf(main, trial).map((section) => {
    const accesses: Access[] = [];
    for (const record of main.records) {
      if (record.section !== section.number || record.attempt !== section.attempt) continue;
      const access = accessOf(stepOf(trial, record), record, accesses);
      if (access !== undefined) accesses.push(access);
    }
    return { section, fate: fateOf(section, subject.capabilities.atomic), accesses };
  });
}

function fateOf({ left, committed, wrote }: Section, atomic: boolean): Effect['fate'] {
  if (committed) return 'committed';
  if (!wrote) return 'aborted';
  // A nested section may or may not be undone together with the outer section.
  if (!atomic || left?.outcome.status === 'ok') return 'open';
  return left !== undefined && codeOf(left) === 'OUTCOME_UNKNOWN' ? 'open' : 'aborted';
}

function accessOf(
  step: Step | undefined,
  record: StepRecord,
  earlier: readonly Access[],
): Access | undefined {
  if (step?.do !== 'call' || step.via !== 'view' || record.outcome.status !== 'ok') return undefined;
  if (step.method === 'streams.get')
    return { kind: 'read', id: String(step.args[0]), value: amountOf(valueOf(record)), record };
  if (step.method === 'streams.delete')
    return { kind: 'write', id: String(step.args[0]), value: undefined, record };
  if (step.method !== 'streams.put') return undefined;
  return { kind: 'write', ...written(step.args[0], earlier), record };
}

/** What a put was asked to write, whatever it answered. Streams are saved under their ids: see `readForUpdate`. */
function written(argument: unknown, earlier: readonly Access[]): Pick<Access, 'id' | 'value'> {
  const { $saved: id, add, ...stream } = argument as SavedArgument & Partial<StreamRecord>;
  if (id === undefined) return { id: stream.id ?? '', value: stream.releasedAmount };
  const read = earlier.findLast((access) => access.kind === 'read' && access.id === id);
  const sum = BigInt(read?.value ?? 0) + BigInt(add?.['releasedAmount'] ?? 0);
  return { id, value: String(sum) };
}

/** The value that a read of a stream shows. */
export function amountOf(stream: unknown): Value {
  return (stream as StreamRecord | undefined)?.releasedAmount;
}

/** What the finale's `streams.get` steps show of the streams that the setup created. */
function finalValues({ finale, trial }: TrialRun<unknown>, initial: Values): Values {
  const values = new Map<string, Value>();
  for (const record of finale) {
    const step = trial.finale?.[record.step];
    if (step?.do !== 'call' || step.method !== 'streams.get') continue;
    const id = String(step.args[0]);
    if (initial.has(id)) values.set(id, amountOf(valueOf(record)));
  }
  return values;
}

/** What the setup's `streams.create` steps stored. */
function initialValues(trial: Trial): Values {
  const values = new Map<string, Value>();
  for (const step of trial.setup ?? []) {
    if (step.do !== 'call' || step.method !== 'streams.create') continue;
    const stream = step.args[0] as StreamRecord;
    values.set(stream.id, stream.releasedAmount);
  }
  return values;
}

/** Undefined if some order of the sections that took effect explains all their reads and the final values. */
export function unexplained(run: TrialRun<unknown>): Failure | undefined {
  const effects = effectsOf(run).filter(({ fate, accesses }) => fate !== 'aborted' && accesses.length > 0);
  // If an adapter is not `atomic`, a failed section may have written in part, so nothing can be concluded.
  if (!run.subject.capabilities.atomic && effects.some(({ fate }) => fate === 'open')) return undefined;
  const initial = initialValues(run.trial);
  const final = finalValues(run, initial);
  return hasOrder(effects, initial, final) ? undefined : firstContradiction(run, effects, initial, final);
}

/**
 * A depth-first search over the orders that respect real time. Combinations of sections and values that failed are not
 * tried again.
 */
export function hasOrder(effects: readonly Effect[], initial: Values, final: Values): boolean {
  const failed = new Set<string>();
  const search = (done: number, values: Values): boolean => {
    if (agrees(values, final) && effects.every(({ fate }, index) => has(done, index) || fate === 'open'))
      return true;
    const key = `${done} ${JSON.stringify([...values])}`;
    if (failed.has(key)) return false;
    for (const [index, effect] of effects.entries()) {
      if (has(done, index) || effects.some((other, at) => !has(done, at) && precedes(other, effect)))
        continue;
      const after = applied(effect, values);
      if (after !== undefined && search(done | (1 << index), after)) return true;
    }
    failed.add(key);
    return false;
  };
  return search(0, initial);
}

function has(set: number, index: number): boolean {
  return (set & (1 << index)) !== 0;
}

function agrees(values: Values, final: Values): boolean {
  return [...final].every(([id, value]) => values.get(id) === value);
}

function precedes(one: Effect, other: Effect): boolean {
  return one !== other && one.fate === 'committed' && endOf(one) <= other.section.entered.call;
}

function endOf({ section }: Effect): number {
  return section.left?.return ?? Number.POSITIVE_INFINITY;
}

/** The values after the effect. Undefined: the effect read other values. */
function applied(effect: Effect, before: Values): Values | undefined {
  const values = new Map(before);
  for (const { kind, id, value } of effect.accesses) {
    if (kind === 'write') values.set(id, value);
    else if (values.get(id) !== value) return undefined;
  }
  return values;
}

/** What is wrong if the sections take effect in the order of their entry. */
function firstContradiction(
  run: TrialRun<unknown>,
  effects: readonly Effect[],
  initial: Values,
  final: Values,
): Failure {
  const { scope } = run;
  const values = new Map(initial);
  const writers = new Map<string, Access>();
  for (const { accesses } of effects) {
    for (const access of accesses) {
      const { kind, id, value } = access;
      if (kind === 'read' && values.get(id) !== value)
        return dirtyRead(run, access) ?? staleRead(scope.name(id), access, values.get(id), writers.get(id));
      if (kind === 'read') continue;
      values.set(id, value);
      writers.set(id, access);
    }
  }
  const [id = ''] = [...final].find(([key, value]) => values.get(key) !== value) ?? [];
  const writer = writers.get(id);
  return {
    summary: `The effects that were acknowledged on stream "${scope.name(id)}" are not what storage holds at the end.`,
    expected: `releasedAmount=${values.get(id)}: what each section added, in some order of whole sections`,
    actual: `releasedAmount=${final.get(id)}`,
    marked: writer === undefined ? [] : [writer.record],
  };
}

/** The failure that a read showed what a rejected section had written. */
function dirtyRead(run: TrialRun<unknown>, read: Access): Failure | undefined {
  const source = effectsOf(run)
    .filter(({ fate }) => fate === 'aborted')
    .flatMap(({ accesses }) => accesses)
    .find(({ kind, id, value }) => kind === 'write' && id === read.id && value === read.value);
  if (source === undefined) return undefined;
  const name = run.scope.name(read.id);
  return {
    summary: `Under the lock, ${whoOf(read.record)} read releasedAmount=${read.value} of "${name}", which a section of ${whoOf(source.record)} had written whose withLock rejected.`,
    expected: 'nothing of a section that rejected is ever seen',
    actual: `releasedAmount=${read.value}`,
    marked: [source.record, read.record],
  };
}

function staleRead(name: string, read: Access, expected: Value, writer: Access | undefined): Failure {
  const who = writer === undefined ? 'the setup' : whoOf(writer.record);
  return {
    summary: `Under the lock, ${whoOf(read.record)} read releasedAmount=${read.value} of "${name}", but the section before it, of ${who}, had left ${expected}.`,
    expected: `releasedAmount=${expected}, or an order of whole sections that explains every read`,
    actual: `releasedAmount=${read.value}: the section worked on a state that was outdated, or that never existed`,
    marked: [read.record, ...(writer === undefined ? [] : [writer.record])],
  };
}
