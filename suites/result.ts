/** The results of the suites: of one clause, and of one judged rule. Reports only render these. */
import type { Decision, Program } from '../scenarios/host/language/program.ts';
import type { Power } from '../scenarios/evidence/model/power.ts';
import type { FaultTally } from './judge/rules/recovery.ts';

/**
 * `ok`, `violated`, `inconclusive`; `not-applicable` (a surface or capability is missing), `skipped` (by the user),
 * `not-run` (above the level, or not executable in this version), `unverified` (the adapter declares it, and this
 * machine lacks what the check needs), `error` (the harness or the environment failed). Only `violated` is the
 * adapter's fault. A time-out is never `ok`.
 */
export const CLAUSE_STATUSES = [
  'ok',
  'violated',
  'inconclusive',
  'not-applicable',
  'skipped',
  'not-run',
  'unverified',
  'error',
] as const;
export type ClauseStatus = (typeof CLAUSE_STATUSES)[number];

export interface ClauseResult {
  readonly clause: string;
  readonly status: ClauseStatus;
  /** The reason, for every status except `ok` and `violated`. */
  readonly reason?: string;
  /** The number of generated programs that were run, without shrinking. */
  readonly runs: number;
  /** How many of them could have violated the clause. */
  readonly exercised: number;
  /** The number of different orders of steps in scheduled runs. */
  readonly orders: number;
  /** The number of processes and of instances in which the programs ran. */
  readonly processes: number;
  readonly instances: number;
  readonly durationMs: number;
  readonly seed: number;
  /**
   * The situations that must occur for an ok to count, with the number of runs in which each did. Absent: the clause
   * has none.
   */
  readonly situations?: readonly SituationCount[];
  /** How the time was spent. Absent: timings were not requested. */
  readonly timings?: ClauseTimings;
  readonly counterexample?: Counterexample;
}

/** The phases of a clause's programs: waiting for hosts, opening instances, running the steps, closing. */
export type TimedPhase = 'hosts' | 'open' | 'programs' | 'close';

/** Wall time by phase. The rest of the clause's time is generating, judging and shrinking. */
export interface ClauseTimings {
  /** The time for the clause's own hosts: until they are free, started and have loaded the target. */
  readonly hostsMs: number;
  readonly openMs: number;
  /** Including setups and finales. */
  readonly programsMs: number;
  /** The time for closing instances and removing namespaces. */
  readonly closeMs: number;
  /** The number of steps that counted as blocked. Each cost a wait of some milliseconds. */
  readonly blockedSteps: number;
  /** The CPU time of the hosts. For hosts inside this process, that of the whole process. */
  readonly hostCpuMs: number;
}

export interface SituationCount {
  /** For example `a nested section that throws`. */
  readonly situation: string;
  readonly runs: number;
}

/** A failure, for readers who have never seen the suite. */
export interface Counterexample {
  /** What happened, in one or two sentences that name ids and processes. */
  readonly summary: string;
  readonly expected: string;
  readonly actual: string;
  /** fast-check's path: `--seed S --path P` repeats this failure. */
  readonly path: string;
  /** The run in which it was found, from 1, and how often it was shrunk. */
  readonly run: number;
  readonly shrinks: number;
  readonly lanes: readonly Lane[];
  readonly program?: Program;
  readonly order?: readonly Decision[];
  /** How often the shrunk program failed when it was run again, with barriers between its steps or freely. */
  readonly reproduced?: Reproduction;
  /** Reruns of the same program under other conditions. */
  readonly contrasts?: readonly { readonly how: string; readonly tally: Tally }[];
  /** What the contrasts show. Absent: they show nothing. */
  readonly cause?: string;
  /** The usual cause of failures of this kind. Absent: there is no usual cause. */
  readonly hint?: string;
  /** A problem that the clause is not about. Every clause that met it has the same text. */
  readonly symptom?: string;
}

export interface Reproduction extends Tally {
  readonly how: 'in the recorded order' | 'running freely';
}

/** How often something failed, and out of how many. */
export interface Tally {
  readonly failed: number;
  readonly of: number;
}

/** The line of one actor or process in a picture of a failure. */
export interface Lane {
  /** For example `process 1`. */
  readonly label: string;
  readonly events: readonly LaneEvent[];
  /** Set if the problem is that two lanes held something at once: when this lane held it. */
  readonly held?: { readonly fromUs: number; readonly toUs: number };
}

/** Reports draw an `enter` with a following `leave` as a section: the wait for the lock, then the part inside. */
export interface LaneEvent {
  /** For example `enter s1`, `read released=0`. */
  readonly label: string;
  /** In microseconds since the first event in the picture. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly kind: 'enter' | 'leave' | 'call' | 'error' | 'stuck' | 'other';
  /** Whether the event is part of the problem. */
  readonly marked?: boolean;
}

export const RULES = [
  'exclusion',
  'revision-chain',
  'effects',
  'replay',
  'linearizability',
  'audit',
  'scans',
  'claims',
  'liveness',
  'beside',
] as const;
export type RuleName = (typeof RULES)[number];

export const VERDICTS = ['ok', 'violated', 'inconclusive'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One finding of a rule, for example one double settle. */
export interface Finding {
  readonly summary: string;
  readonly stream?: string;
  /** The numbers of the services involved. */
  readonly services: readonly number[];
  readonly lanes: readonly Lane[];
}

export interface RuleResult {
  readonly rule: RuleName;
  readonly verdict: Verdict | 'not-applicable';
  /** What was checked and how much of it, or why the rule is inconclusive or not-applicable. */
  readonly detail: string;
  /** How many things the rule examined. */
  readonly checked: number;
  /** The total number of findings. `findings` contains the first ones. */
  readonly violations: number;
  readonly findings: readonly Finding[];
}

export interface Judgement {
  readonly verdict: Verdict;
  /** The reason, in one sentence. */
  readonly reason: string;
  readonly rules: readonly RuleResult[];
  readonly power: Power;
  readonly minimums: Power;
  readonly tally: EffectTally;
  /** The outcome of each requested fault. Absent: none was requested. */
  readonly faults?: readonly FaultTally[];
}

/**
 * The effects that clients were told of; how many of them are missing from storage (null: unknown); and how often a
 * token was executed again or a revision of a stream was made again.
 */
export interface EffectTally {
  readonly acknowledged: number;
  readonly lost: number | null;
  readonly doubled: number;
}
