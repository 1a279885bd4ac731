/**
 * Proves the suites: a mutant must be killed by a clause that was made for it, and an equivalent must pass every
 * clause. The caller chooses the adapters.
 */
import { defined } from '../../adapters/contract/defined.ts';
import type { TargetReference } from '../../scenarios/host/index.ts';
import { certify, type CertifyOptions } from '../certify.ts';
import { DECIDED_BY_PROGRAMS } from '../executable.ts';
import type { ClauseResult } from '../result.ts';

export interface Specimen {
  readonly kind: 'mutant' | 'equivalent';
  readonly name: string;
  /** The reference adapter that it modifies. */
  readonly base: string;
  /** The seeded bug and its origin, or why it is correct. */
  readonly about: string;
  /** The clauses that were made for a mutant. Empty for an equivalent, because all clauses concern it. */
  readonly clauses: readonly string[];
  readonly target: TargetReference;
}

/**
 * `killed`: a clause made for the mutant was violated. `survived`: all of them held. `passed`: nothing was violated.
 * `accused`: something was. `undecided`: a relevant clause was inconclusive, had an error, or did not run.
 */
export const FATES = ['killed', 'survived', 'passed', 'accused', 'undecided'] as const;
export type Fate = (typeof FATES)[number];

/** One certification of a specimen. */
export interface Exam {
  readonly seed: number;
  readonly fate: Fate;
  /** The checked clauses, and the clauses made for the mutant that were not checked. */
  readonly clauses: readonly ClauseResult[];
  /** The time until the last clause was decided, including the start of processes. */
  readonly durationMs: number;
}

export interface SpecimenResult extends Omit<Specimen, 'target'> {
  /** The worst fate among the exams. */
  readonly fate: Fate;
  readonly exams: readonly Exam[];
}

export interface ExamOptions extends Pick<
  CertifyOptions,
  'pg' | 'allowFaultsOnServer' | 'runs' | 'processes' | 'budgetMs' | 'now' | 'signal' | 'shrink'
> {
  readonly seeds: readonly number[];
  /** Whether mutants, too, are examined by all clauses, for a full matrix. */
  readonly everyClause: boolean;
  /** Whether equivalents, and mutants with every clause, are examined by the clauses that need faults. */
  readonly underFaults: boolean;
  /** Told what a target's start has to say to the user. */
  readonly onNote?: (note: string) => void;
  /** A fresh token for names of namespaces: `[a-z0-9]`. */
  readonly runId: () => string;
}

/** Examines one specimen with each seed. Rejects when it cannot be loaded, started or opened. */
export async function examine(specimen: Specimen, options: ExamOptions): Promise<SpecimenResult> {
  const { kind, name, base, about, clauses } = specimen;
  const exams: Exam[] = [];
  for (const seed of options.seeds) {
    if (options.signal?.aborted === true) break;
    exams.push(await examineOnce(specimen, seed, options));
  }
  return { kind, name, base, about, clauses, fate: worst(exams), exams };
}

async function examineOnce(specimen: Specimen, seed: number, options: ExamOptions): Promise<Exam> {
  const {
    pg,
    allowFaultsOnServer = false,
    runs,
    processes,
    budgetMs,
    now,
    signal,
    everyClause,
    underFaults,
    runId,
    shrink = true,
  } = options;
  const isOwn = specimen.kind === 'mutant' && !everyClause;
  const outcome = await certify(
    {
      target: specimen.target,
      // Clauses of every level: which level the specimen would get is no matter.
      level: 'fault-tolerant',
      inProcess: false,
      shrink,
      runId: runId(),
      pg,
      allowFaultsOnServer,
      runs,
      seed,
      processes,
      budgetMs,
      now,
      ...onlyOf(specimen, { isOwn, underFaults }),
      ...defined({ signal }),
    },
    {
      started: ({ notes }) => notes.forEach((note) => options.onNote?.(note)),
    },
  );
  const clauses = outcome.clauses.filter(
    ({ clause, status }) =>
      specimen.clauses.includes(clause) ||
      !['not-applicable', 'skipped', 'not-run', 'unverified'].includes(status),
  );
  return { seed, fate: fateOf(specimen, clauses), clauses, durationMs: outcome.durationMs };
}

/** Loads under faults take minutes, and most equivalents differ from their reference in nothing that a fault shows. */
function onlyOf(
  { clauses }: Specimen,
  { isOwn, underFaults }: { readonly isOwn: boolean; readonly underFaults: boolean },
): Pick<CertifyOptions, 'only'> {
  if (isOwn) return { only: clauses };
  return underFaults ? {} : { only: DECIDED_BY_PROGRAMS };
}

/** Exported for its test. */
export function fateOf(
  { kind, clauses: own }: Pick<Specimen, 'kind' | 'clauses'>,
  clauses: readonly ClauseResult[],
): Fate {
  const concerned = kind === 'mutant' ? clauses.filter(({ clause }) => own.includes(clause)) : clauses;
  if (concerned.some(({ status }) => status === 'violated')) return kind === 'mutant' ? 'killed' : 'accused';
  if (concerned.length === 0 || concerned.some(({ status }) => status !== 'ok')) return 'undecided';
  return kind === 'mutant' ? 'survived' : 'passed';
}

function worst(exams: readonly Exam[]): Fate {
  const fates = exams.map(({ fate }) => fate);
  const order: readonly Fate[] = ['survived', 'accused', 'undecided', 'killed', 'passed'];
  return order.find((fate) => fates.includes(fate)) ?? 'undecided';
}

/** The clause that killed the mutant in `exam`: of those made for it the first that was violated. */
export function killerOf({ clauses: own }: Pick<Specimen, 'clauses'>, exam: Exam): ClauseResult | undefined {
  return exam.clauses.find(({ clause, status }) => status === 'violated' && own.includes(clause));
}
