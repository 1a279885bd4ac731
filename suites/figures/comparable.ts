/** Decides whether runs may be compared and, if not, which of their conditions differ. */
import type { Json } from '../../adapters/contract/index.ts';
import type { Verdict } from '../result.ts';

/** The conditions of a run. An absent one is unknown and not compared. */
export interface Conditions {
  readonly verdict: Verdict;
  /** The reason of the verdict. */
  readonly reason: string;
  /** Settings that must be the same on both sides: mix, workload, processes, contract version, machine, … */
  readonly settings: Readonly<Record<string, string | number>>;
  /**
   * Versions and settings of the storage, as the target reports them. Those that both sides report must be the same.
   */
  readonly storage: Json;
}

export interface Refusal {
  readonly kind: 'not-ok' | 'differs';
  /** One sentence. */
  readonly text: string;
}

export interface NamedConditions {
  /** The side, and the round if there are several: `postgres, round 3`. */
  readonly name: string;
  readonly side: string;
  readonly conditions: Conditions;
}

/** The most reasons to report, because nobody reads more. */
const MAX_REFUSALS = 20;

/** The first reasons why the runs cannot be compared. Empty: they can. */
export function refusalsOf(runs: readonly NamedConditions[]): Refusal[] {
  const notOk = runs.filter(({ conditions }) => conditions.verdict !== 'ok').map(notOkText);
  const sides = [...new Set(runs.map(({ side }) => side))];
  const [base, ...others] = sides.map((side) => runs.filter((run) => run.side === side));
  if (base === undefined) return [];
  const differing = others.flatMap((other) => [
    ...differences(base, other, ({ settings }) => settings),
    ...differences(base, other, ({ storage }) => storageSettings(storage)),
  ]);
  return [...notOk, ...differing].slice(0, MAX_REFUSALS);
}

function notOkText({ name, conditions: { verdict, reason } }: NamedConditions): Refusal {
  return { kind: 'not-ok', text: `${name} is ${verdict}: ${reason}` };
}

/** Only values that are the same in all runs of a side are settings. A port, for example, differs each time. */
function differences(
  base: readonly NamedConditions[],
  other: readonly NamedConditions[],
  of: (conditions: Conditions) => Readonly<Record<string, unknown>>,
): Refusal[] {
  const [ours, theirs] = [
    steady(base.map(({ conditions }) => of(conditions))),
    steady(other.map(({ conditions }) => of(conditions))),
  ];
  return Object.keys(ours)
    .filter((name) => name in theirs && ours[name] !== theirs[name])
    .map((name) => ({
      kind: 'differs',
      text: `${name} differs: ${ours[name]} with ${base[0]?.side}, ${theirs[name]} with ${other[0]?.side}`,
    }));
}

function steady(records: readonly Readonly<Record<string, unknown>>[]): Record<string, string> {
  const [first = {}] = records;
  return Object.fromEntries(
    Object.entries(first)
      .filter(([name, value]) => isScalar(value) && records.every((record) => record[name] === value))
      .map(([name, value]) => [name, String(value)]),
  );
}

function storageSettings(storage: Json): Readonly<Record<string, unknown>> {
  return typeof storage === 'object' && storage !== null && !Array.isArray(storage)
    ? (storage as Record<string, unknown>)
    : {};
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
