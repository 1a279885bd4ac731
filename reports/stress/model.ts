/** What `lockstep stress` found, and all that its renderers are given. */
import { FAULT_NAMES, type FaultName } from '../../scenarios/faults/catalog.ts';
import { spreadOf, type RecoveryTimes, type Spread } from '../../suites/judge/rules/recovery.ts';
import type { EffectTally, Finding, RuleName, Verdict } from '../../suites/result.ts';

export interface StressReport {
  readonly schemaVersion: 1;
  readonly kind: 'stress';
  readonly lockstepVersion: string;
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The command that repeats it; with the same seed the same loads come in the same order. */
  readonly repeat: string;
  readonly seed: number;
  /** Whether it was interrupted. */
  readonly partial: boolean;
  readonly runs: readonly StressRun[];
  /** Every mix under every fault that the targets offer: what there is to drive. Absent: older versions did not record it. */
  readonly pairs?: readonly StressPair[];
  /** Faults that could not be had here, and why. Absent: none, or older versions did not record it. */
  readonly leftOut?: readonly LeftOut[];
}

export interface StressPair {
  readonly target: string;
  readonly mix: string;
  /** null: without a fault. */
  readonly fault: FaultName | null;
}

export interface LeftOut {
  readonly target: string;
  readonly fault: FaultName | null;
  readonly why: string;
}

/** What a rule of the judge met first. */
export interface BrokenRule extends Finding {
  readonly rule: RuleName;
}

/** One load, judged. */
export interface StressRun extends StressPair {
  readonly seed: number;
  /** Whether it is a seed that failed before. */
  readonly isRegression: boolean;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Inconclusive for nothing but that too little could have gone wrong. */
  readonly isWeak?: boolean;
  readonly operations: number;
  readonly durationMs: number;
  readonly tally: EffectTally;
  /** How many strikes took hold. */
  readonly struck: number;
  readonly recovery: RecoveryTimes;
  /** The first finding, when a rule was broken. */
  readonly broken?: BrokenRule;
  readonly repeat: string;
  /** Folder of the evidence, relative to the report; kept for what is not ok. */
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
  /** null: of some loads nobody knows. */
  readonly lost: number | null;
  readonly doubled: number;
}

/** The matrix fault × target: no fault first, then as the catalog has them; of one fault the targets by name. */
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

/** The part of the loads that may be weak: machines are slow at times. One may always be, beside one that held. */
const WEAK_PART = 0.1;

/** Weak loads that are no more than a warning; of more of them nothing is known. */
export function warnings({ runs }: Pick<StressReport, 'runs'>): readonly StressRun[] {
  const weak = runs.filter(({ isWeak = false }) => isWeak);
  const hasHeld = runs.some(({ verdict }) => verdict === 'ok');
  return hasHeld && weak.length <= Math.max(1, WEAK_PART * runs.length) ? weak : [];
}

/** 0 every load held, but for warnings, 1 a rule was broken, 3 a load was inconclusive, or it was interrupted. */
export function stressStatus(report: StressReport): 0 | 1 | 3 {
  const { runs, partial } = report;
  if (runs.some(({ verdict }) => verdict === 'violated')) return 1;
  const open = runs.filter(({ verdict }) => verdict === 'inconclusive').length - warnings(report).length;
  return partial || runs.length === 0 || open > 0 ? 3 : 0;
}

/** How many of the pairs were driven at least once; undefined: not recorded. */
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
