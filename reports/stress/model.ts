/** The result of `lockstep stress`, as its renderers receive it. */
import { FAULT_NAMES, type FaultName } from '../../scenarios/faults/catalog.ts';
import { spreadOf, type RecoveryTimes, type Spread } from '../../suites/judge/rules/recovery.ts';
import type { EffectTally, Finding, RuleName, Verdict } from '../../suites/result.ts';

export interface StressReport {
  readonly schemaVersion: 1;
  readonly kind: 'stress';
  readonly lockstepVersion: string;
  /** ISO-8601 in UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command that repeats the run. With the same seed, the same loads come in the same order. */
  readonly repeat: string;
  readonly seed: number;
  /** Whether the run was interrupted. */
  readonly partial: boolean;
  readonly runs: readonly StressRun[];
  /** All combinations of a mix and a fault that the targets offer. Absent: an older version recorded the run. */
  readonly pairs?: readonly StressPair[];
  /** Faults that this machine cannot provide, with reasons. Absent: none, or an older version recorded the run. */
  readonly leftOut?: readonly LeftOut[];
}

export interface StressPair {
  readonly target: string;
  readonly mix: string;
  /** Null: without a fault. */
  readonly fault: FaultName | null;
}

export interface LeftOut {
  readonly target: string;
  readonly fault: FaultName | null;
  readonly why: string;
}

/** The first violation of a rule. */
export interface BrokenRule extends Finding {
  readonly rule: RuleName;
}

/** One judged load. */
export interface StressRun extends StressPair {
  readonly seed: number;
  /** Whether its seed failed in an earlier run. */
  readonly isRegression: boolean;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Whether it is inconclusive only because too little could have gone wrong. */
  readonly isWeak?: boolean;
  readonly operations: number;
  readonly durationMs: number;
  readonly tally: EffectTally;
  /** The number of strikes that took effect. */
  readonly struck: number;
  readonly recovery: RecoveryTimes;
  /** The first finding, if a rule was broken. */
  readonly broken?: BrokenRule;
  readonly repeat: string;
  /** The folder of the evidence, relative to the report. It is kept if the load is not ok. */
  readonly evidence?: string;
}

/** All loads of one target under one fault. */
export interface StressCell {
  readonly target: string;
  readonly fault: FaultName | null;
  readonly runs: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly operations: number;
  readonly struck: number;
  readonly others: Spread | undefined;
  readonly self: Spread | undefined;
  readonly acknowledged: number;
  /** Null: unknown for some loads. */
  readonly lost: number | null;
  readonly doubled: number;
}

/**
 * The matrix of faults and targets: first without a fault, then in the order of the catalog. The targets of one fault
 * are ordered by name.
 */
export function cellsOf(runs: readonly StressRun[]): StressCell[] {
  const groups = new Map<string, StressRun[]>();
  for (const run of runs) {
    const key = `${run.fault} ${run.target}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const place = ({ fault }: StressCell): number => (fault === null ? -1 : FAULT_NAMES.indexOf(fault));
  return [...groups.values()]
    .map((group) => cellOf(group))
    .sort((a, b) => place(a) - place(b) || a.target.localeCompare(b.target, 'en'));
}

function cellOf(runs: readonly StressRun[]): StressCell {
  const [first] = runs as readonly [StressRun, ...StressRun[]];
  const sum = (of: (run: StressRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const verdicts = { ok: 0, violated: 0, inconclusive: 0 };
  for (const { verdict } of runs) verdicts[verdict] += 1;
  return {
    target: first.target,
    fault: first.fault,
    runs: runs.length,
    verdicts,
    operations: sum((run) => run.operations),
    struck: sum((run) => run.struck),
    others: spreadOf(runs.flatMap((run) => run.recovery.others)),
    self: spreadOf(runs.flatMap((run) => run.recovery.self)),
    acknowledged: sum((run) => run.tally.acknowledged),
    lost: runs.some((run) => run.tally.lost === null) ? null : sum((run) => run.tally.lost ?? 0),
    doubled: sum((run) => run.tally.doubled),
  };
}

/**
 * The share of loads that may be weak, because machines are slow at times. A single weak load is always allowed if
 * another load held.
 */
const WEAK_PART = 0.1;

/** Weak loads that only cause a warning. If there are more of them, the result is inconclusive. */
export function warnings({ runs }: Pick<StressReport, 'runs'>): readonly StressRun[] {
  const weak = runs.filter(({ isWeak = false }) => isWeak);
  const hasHeld = runs.some(({ verdict }) => verdict === 'ok');
  return hasHeld && weak.length <= Math.max(1, WEAK_PART * runs.length) ? weak : [];
}

/**
 * 0: every load held, apart from warnings. 1: a rule was broken. 3: a load was inconclusive, or the run was
 * interrupted.
 */
export function stressStatus(report: StressReport): 0 | 1 | 3 {
  const { runs, partial } = report;
  if (runs.some(({ verdict }) => verdict === 'violated')) return 1;
  const open = runs.filter(({ verdict }) => verdict === 'inconclusive').length - warnings(report).length;
  return partial || runs.length === 0 || open > 0 ? 3 : 0;
}

/** How many of the combinations were driven at least once. Undefined: not recorded. */
export function coverage({
  runs,
  pairs,
}: StressReport): { readonly driven: number; readonly of: number } | undefined {
  if (pairs === undefined) return undefined;
  const driven = new Set(runs.map(keyOf));
  return { driven: pairs.filter((pair) => driven.has(keyOf(pair))).length, of: pairs.length };
}

export function keyOf({ target, mix, fault }: StressPair): string {
  return JSON.stringify([target, mix, fault]);
}
