/**
 * Registers the clauses as vitest tests, for lockstep's own tests and for an author's project.
 * Only this folder needs the peer dependency vitest: the command line runs the same clauses without it.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CLAUSES, type Level } from '../../adapters/contract/index.ts';
import { NOTHING_BESIDE } from '../../scenarios/host/index.ts';
import { OpenCertification } from '../../suites/certify.ts';
import { DEFAULT_BUDGET_S } from '../../suites/defaults.ts';
import { besideFailure } from '../../suites/harness/judging/beside.ts';
import type { ClauseResult } from '../../suites/result.ts';
import { serverPart } from '../options/repeat.ts';
import { failureError, failureText } from './failure.ts';
import { importsTarget, targetUrl } from './module.ts';

/** The time beyond a clause's own budget, for shrinking and for starting processes, in milliseconds. */
const EXTRA_MS = 90_000;
/** The time for loads under faults, which run one after another, in milliseconds. */
const FAULTS_MS = 1_200_000;

export interface CertifyAdapterOptions {
  /** Generated programs per clause. Default 100. */
  readonly runs?: number;
  /** The seed of the generated programs. Default 1, so that every test run uses the same programs. */
  readonly seed?: number;
  /** The number of processes for clauses that are tested across processes. Default 2. */
  readonly processes?: number;
  /** The level up to which clauses are checked. Default: `cluster`, or `process` if processes share nothing. Higher levels take minutes. */
  readonly level?: Level;
  /** Clause ids or groups to check, such as `LOCK` or `CUR-03`. Default: all. */
  readonly only?: readonly string[];
  /** The time for the programs of one clause, in seconds. Default 60. */
  readonly budget?: number;
  /**
   * The PostgreSQL server, for targets that need one: `embedded`, `docker`, `docker:IMAGE` or a URL. Default: the
   * environment variable LOCKSTEP_PG, otherwise `embedded`.
   */
  readonly pg?: string;
  /**
   * Whether faults that can harm other users of the server are allowed, if `pg` is a URL. Default false: clauses that need
   * such faults are unverified.
   */
  readonly allowFaultsOnServer?: boolean;
  /**
   * Whether the adapter runs in the test process, imported by vitest, for coverage and breakpoints. Then bugs that need several
   * processes stay hidden, and nothing protects the test run from the adapter. Default false.
   */
  readonly inProcess?: boolean;
}

/**
 * Registers one test per clause for the target in the module `target`: a path relative to the test file, or a `file:` URL. Call
 * it at the top level of a test file. A clause that does not apply is a skipped test with the reason. Any other status than `ok`
 * fails the test, with the picture that the command line prints.
 *
 * Import the module as well, so that `vitest --watch` runs the test again when the adapter changes.
 *
 * @throws TypeError if there is no such file.
 *
 * @example
 * ```ts
 * import { certifyAdapter } from 'lockstep/suites';
 * import './target.ts';
 *
 * certifyAdapter('./target.ts', { runs: 25, only: ['LOCK', 'CUR-03'] });
 * ```
 */
export function certifyAdapter(target: string | URL, options: CertifyAdapterOptions = {}): void {
  const calledAt = new Error('certifyAdapter');
  Error.captureStackTrace(calledAt, certifyAdapter);
  const testFile = expect.getState().testPath ?? '';
  const url = targetUrl(target, testFile);
  const file = fileURLToPath(url);
  warnOfWatching(testFile, file);
  const {
    runs = 100,
    seed = 1,
    processes = 2,
    budget = DEFAULT_BUDGET_S,
    pg = serverFromEnvironment(),
    inProcess = false,
  } = options;
  const budgetMs = budget * 1000;
  // In the form that the command line accepts.
  const spec = `./${relative(process.cwd(), file)}`;
  const repeatWith = serverPart({ ...options, pg });
  const context = { target: spec, processes, ...(repeatWith === '' ? {} : { repeatWith }) };
  describe(`certify ${file.split(/[\\/]/).slice(-3).join('/')}`, () => {
    let certification: OpenCertification | undefined;
    beforeAll(async () => {
      certification = await OpenCertification.open({
        ...options,
        target: { spec, url },
        runs,
        seed,
        processes,
        budgetMs,
        pg,
        inProcess,
        ...(inProcess ? { importModule: importByVitest } : {}),
        runId: `t${process.pid.toString(36)}`,
        now: () => performance.now(),
      });
      for (const note of certification.subject.notes) console.warn(note);
    }, EXTRA_MS);
    afterAll(async () => {
      const late = besideFailure((await certification?.close()) ?? NOTHING_BESIDE);
      if (late !== undefined) throw failureError(`${late.summary}\n${late.actual}`, calledAt);
    }, EXTRA_MS);
    for (const clause of CLAUSES) {
      it.concurrent(
        `${clause.id} ${clause.text}`,
        { timeout: clause.fault ? FAULTS_MS : budgetMs + EXTRA_MS },
        async ({ skip }) => {
          const result = await (certification as OpenCertification).decide(clause);
          if (isOutOfScope(result)) skip(result.reason);
          if (result.status !== 'ok') throw failureError(failureText(result, context), calledAt);
        },
      );
    }
  });
}

/** Imports the module by vitest, which only measures the coverage of modules that it imported itself. */
async function importByVitest(url: string): Promise<unknown> {
  return await vi.importActual(fileURLToPath(url));
}

/** Warns that `vitest --watch` would not run the test again when the adapter changes. */
function warnOfWatching(testFile: string, file: string): void {
  if (process.env['VITEST_MODE'] !== 'WATCH' || importsTarget(testFile, file)) return;
  console.warn(
    `vitest --watch does not see changes of ${file}: import it in ${testFile} too, beside certifyAdapter.`,
  );
}

let isWarned = false;

/** Ignores DATABASE_URL, because many programs set it, and it may name another program's server. */
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
