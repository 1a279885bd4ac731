/** What `lockstep stress` found, and all that its renderers are given. */
import { FAULT_NAMES, type FaultName } from '../../scenarios/faults/catalog.ts';
import { spreadOf, type RecoveryTimes, type Spread } from '../../suites/judge/recovery.ts';
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
}

/** What a rule of the judge met first. */
export interface BrokenRule extends Finding {
  readonly rule: RuleName;
}

/** One load, judged. */
export interface StressRun {
  readonly target: string;
  readonly mix: string;
  /** null: without a fault. */
  readonly fault: FaultName | null;
  readonly seed: number;
  /** Whether it is a seed that failed before. */
  readonly isRegression: boolean;
  readonly verdict: Verdict;
  readonly reason: string;
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

/** 0 every load held, 1 a rule was broken, 3 a load was inconclusive, or it was interrupted. */
export function stressStatus({ runs, partial }: StressReport): 0 | 1 | 3 {
  if (runs.some(({ verdict }) => verdict === 'violated')) return 1;
  return partial || runs.length === 0 || runs.some(({ verdict }) => verdict === 'inconclusive') ? 3 : 0;
}
