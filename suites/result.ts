/** What suites emit: the result of one clause, and of one judged rule. Reports render these and derive nothing. */
import type { Decision, Program } from '../scenarios/host/language/program.ts';
import type { Power } from '../scenarios/evidence/model/power.ts';
import type { FaultTally } from './judge/rules/recovery.ts';

/**
 * `ok`, `violated`, `inconclusive`; `not-applicable` (surface or capability missing), `skipped` (the user said
 * so), `not-run` (above the level, or not executable in this version), `unverified` (the adapter declares it, and this
 * machine lacks what its check needs), `error` (the harness or the environment failed). Only `violated` is the adapter's fault. A time-out is never `ok`.
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
  /** Why, for every status but `ok` and `violated`. */
  readonly reason?: string;
  /** Generated programs that were run, shrinking not counted. */
  readonly runs: number;
  /** How many of them could have broken the clause. */
  readonly exercised: number;
  /** Distinct orders of steps explored in scheduled runs. */
  readonly orders: number;
  /** How many processes and instances the programs ran in. */
  readonly processes: number;
  readonly instances: number;
  readonly durationMs: number;
  readonly seed: number;
  /** What had to occur for an ok to count, with how many runs had it; absent: the clause names nothing. */
  readonly situations?: readonly SituationCount[];
  /** Where the time went; absent: nobody asked. */
  readonly timings?: ClauseTimings;
  readonly counterexample?: Counterexample;
}

/** What the programs of a clause wait for: hosts, the opening of instances, the steps, the closing. */
export type TimedPhase = 'hosts' | 'open' | 'programs' | 'close';

/** Wall time by phase. What is missing to the clause's own is generating, judging and shrinking. */
export interface ClauseTimings {
  /** For hosts of its own: until they are free, started and have loaded the target. */
  readonly hostsMs: number;
  readonly openMs: number;
  /** Set-ups and finales, too. */
  readonly programsMs: number;
  /** Of instances, and the removal of namespaces. */
  readonly closeMs: number;
  /** Steps that were taken for blocked, each after a wait of some milliseconds. */
  readonly blockedSteps: number;
  /** CPU time of the hosts; of hosts inside this process it is that of everything in it. */
  readonly hostCpuMs: number;
}

export interface SituationCount {
  /** For example `a nested section that throws`. */
  readonly situation: string;
  readonly runs: number;
}

/** A failure, for somebody who has never seen the suite. */
export interface Counterexample {
  /** What happened, in one or two sentences, with ids and processes named. */
  readonly summary: string;
  readonly expected: string;
  readonly actual: string;
  /** fast-check's path: `--seed S --path P` repeats this failure. */
  readonly path: string;
  /** In which run it was found, from 1, and how often it was shrunk. */
  readonly run: number;
  readonly shrinks: number;
  readonly lanes: readonly Lane[];
  readonly program?: Program;
  readonly order?: readonly Decision[];
  /** How often the shrunk program failed when it was run again: with barriers between its steps, or freely. */
  readonly reproduced?: Reproduction;
  /** The same program under other conditions, each really run. */
  readonly contrasts?: readonly { readonly how: string; readonly tally: Tally }[];
  /** What the contrasts show; absent when they show nothing. */
  readonly cause?: string;
  /** What failures of this kind usually come from; absent where they have no usual cause. */
  readonly hint?: string;
  /** What went wrong beside what the clause is about: the same text in every clause that met it. */
  readonly symptom?: string;
}

export interface Reproduction extends Tally {
  readonly how: 'in the recorded order' | 'running freely';
}

/** How often something failed. */
export interface Tally {
  readonly failed: number;
  readonly of: number;
}

/** One actor's or process's line in a picture of a failure. */
export interface Lane {
  /** For example `process 1`. */
  readonly label: string;
  readonly events: readonly LaneEvent[];
  /** Where what is wrong is that two lanes had it at once: when this one did. */
  readonly held?: { readonly fromUs: number; readonly toUs: number };
}

/** Reports draw an `enter` that a `leave` follows as a section: the wait for the lock, then the part inside it. */
export interface LaneEvent {
  /** For example `enter s1`, `read released=0`. */
  readonly label: string;
  /** In microseconds since the first event of the picture. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly kind: 'enter' | 'leave' | 'call' | 'error' | 'stuck' | 'other';
  /** Part of what is wrong. */
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
  /** Numbers of the services involved. */
  readonly services: readonly number[];
  readonly lanes: readonly Lane[];
}

export interface RuleResult {
  readonly rule: RuleName;
  readonly verdict: Verdict | 'not-applicable';
  /** What was checked and how much of it, or why it is inconclusive or not-applicable. */
  readonly detail: string;
  /** How many things the rule looked at. */
  readonly checked: number;
  /** How many findings in all; `findings` holds the first ones. */
  readonly violations: number;
  readonly findings: readonly Finding[];
}

export interface Judgement {
  readonly verdict: Verdict;
  /** Why, in one sentence. */
  readonly reason: string;
  readonly rules: readonly RuleResult[];
  readonly power: Power;
  readonly minimums: Power;
  readonly tally: EffectTally;
  /** What came of each fault that was asked for; absent: none was. */
  readonly faults?: readonly FaultTally[];
}

/**
 * Effects that clients were told of; how many of them storage lacks (null: nobody knows); and how often a token was
 * executed again, or a revision of a stream was made again.
 */
export interface EffectTally {
  readonly acknowledged: number;
  readonly lost: number | null;
  readonly doubled: number;
}
