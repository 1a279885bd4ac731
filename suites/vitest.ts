/**
 * Registers the clauses as vitest tests, for lockstep's own tests and for an author's project.
 * vitest is a peer of this file alone: the command line runs the same clauses without it.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { CLAUSES, type Level } from '../adapters/contract/index.ts';
import { NOTHING_BESIDE } from '../scenarios/host/index.ts';
import { Certification } from './certify.ts';
import { DEFAULT_BUDGET_S } from './defaults.ts';
import { besideFailure } from './harness/beside.ts';
import type { ClauseResult } from './result.ts';

/** Beyond a clause's own budget, in milliseconds: shrinking, and processes that start. */
const EXTRA_MS = 90_000;
/** Loads under faults run one after the other, in milliseconds. */
const FAULTS_MS = 1_200_000;

export interface CertifyAdapterOptions {
  /** Generated programs a clause. Default 100. */
  readonly runs?: number;
  /** Default 1, so that a test run is the same every time. */
  readonly seed?: number;
  /** Processes for clauses across processes. Default 2. */
  readonly processes?: number;
  /** Whose clauses are checked. Default: `cluster`, or `process` where processes share nothing; those above take minutes. */
  readonly level?: Level;
  /** Clause ids or groups. Default: all. */
  readonly only?: readonly string[];
  /** Seconds for the programs of one clause. Default 60. */
  readonly budget?: number;
  /**
   * `embedded`, `docker`, `docker:IMAGE` or a URL, for targets that need PostgreSQL. Default: LOCKSTEP_PG, else
   * `embedded`.
   */
  readonly pg?: string;
  /**
   * Whether faults may be struck that harm whoever else uses the server, where `pg` is its URL. Default false: clauses that
   * need them are then unverified.
   */
  readonly allowFaultsOnServer?: boolean;
}

/**
 * Registers one test per clause for the target in the module at `url`, a `file:` URL. Call it at the top of a test file.
 * A clause that does not apply is a skipped test with the reason; any other status than `ok` fails.
 *
 * @example
 * ```ts
 * import { certifyAdapter } from 'lockstep/suites';
 *
 * certifyAdapter(new URL('./target.ts', import.meta.url), { runs: 25, only: ['LOCK', 'CUR-03'] });
 * ```
 */
export function certifyAdapter(url: string | URL, options: CertifyAdapterOptions = {}): void {
  const {
    runs = 100,
    seed = 1,
    processes = 2,
    budget = DEFAULT_BUDGET_S,
    pg = serverFromEnvironment(),
  } = options;
  const budgetMs = budget * 1000;
  describe(`certify ${new URL(url).pathname.split('/').slice(-3).join('/')}`, () => {
    let certification: Certification | undefined;
    beforeAll(async () => {
      certification = await Certification.open({
        ...options,
        target: { spec: String(url), url: String(url) },
        runs,
        seed,
        processes,
        budgetMs,
        pg,
        inProcess: false,
        runId: `t${process.pid.toString(36)}`,
        now: () => performance.now(),
      });
      for (const note of certification.subject.notes) console.warn(note);
    }, EXTRA_MS);
    afterAll(async () => {
      const late = besideFailure((await certification?.close()) ?? NOTHING_BESIDE);
      if (late !== undefined) throw new Error(`${late.summary}\n${late.actual}`);
    }, EXTRA_MS);
    for (const clause of CLAUSES) {
      it.concurrent(
        `${clause.id} ${clause.text}`,
        { timeout: clause.fault ? FAULTS_MS : budgetMs + EXTRA_MS },
        async (context) => {
          const result = await (certification as Certification).decide(clause);
          if (isOutOfScope(result)) context.skip(result.reason);
          if (result.status !== 'ok') throw new Error(describeResult(result, fileOf(url)));
        },
      );
    }
  });
}

let isWarned = false;

/** DATABASE_URL, which many programs set, is not read: it may be the server of something else. */
function serverFromEnvironment(): string {
  const { LOCKSTEP_PG: pg, DATABASE_URL: other = '' } = process.env;
  if (pg === undefined && other !== '' && !isWarned) {
    isWarned = true;
    console.warn('DATABASE_URL is set, but lockstep does not read it. To use that server, set LOCKSTEP_PG.');
  }
  return pg ?? 'embedded';
}

function isOutOfScope({ status }: ClauseResult): boolean {
  return status === 'not-applicable' || status === 'skipped' || status === 'not-run';
}

/** The module as the command line takes it. */
function fileOf(url: string | URL): string {
  return `./${relative(process.cwd(), fileURLToPath(new URL(url)))}`;
}

function describeResult(result: ClauseResult, file: string): string {
  const found = result.counterexample;
  if (found === undefined) return `${result.status}: ${result.reason ?? 'no reason was given'}`;
  return [
    found.summary,
    `expected: ${found.expected}`,
    `actual:   ${found.actual}`,
    `repeat:   npx lockstep certify ${file} --only ${result.clause} --seed ${result.seed} --path ${found.path}`,
  ].join('\n');
}
