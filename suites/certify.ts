/**
 * Certifies one target: starts its service, finds its surfaces, and checks every clause that applies, side by
 * side in namespaces of their own.
 */
import {
  CLAUSES,
  inapplicability,
  LEVELS,
  type Clause,
  type Json,
  type Level,
} from '../adapters/contract/index.ts';
import { createHostPool, type Host, type HostPool, type TargetReference } from '../scenarios/host/index.ts';
import { PROPERTIES } from './clauses/index.ts';
import { checkProperty } from './harness/check.ts';
import type { AnyProperty, Subject } from './harness/property.ts';
import type { ClauseResult } from './result.ts';

/** Clauses that are checked at once. */
const CONCURRENCY = 3;
/** What a clause may take beyond its budget, in milliseconds: shrinking, opening and closing. */
const GRACE_MS = 45_000;

export interface CertifyOptions {
  readonly target: TargetReference;
  /** See StartOptions. */
  readonly pg: string;
  /** The level whose clauses count; default: the highest that this version can execute in full here. */
  readonly level?: Level;
  /** Clause ids or groups; everything else is skipped. */
  readonly only?: readonly string[];
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
  readonly processes: number;
  /** Time for the runs of one clause in milliseconds. */
  readonly budgetMs: number;
  readonly inProcess: boolean;
  /** A token of this run for names of namespaces: `[a-z0-9]`. */
  readonly runId: string;
  readonly now: () => number;
  readonly signal?: AbortSignal;
  readonly onStarted?: (subject: CertifiedSubject) => void;
  readonly onClause?: (result: ClauseResult, done: number, all: number) => void;
}

/** What was found out about the target before the first clause. */
export interface CertifiedSubject extends Subject {
  readonly name: string;
  readonly version: string;
  readonly storage: Json;
  readonly requestedLevel: Level;
}

export interface CertifyOutcome {
  readonly subject: CertifiedSubject;
  /** The highest level whose every clause counted and held; null: none. */
  readonly level: Level | null;
  readonly verdict: 'ok' | 'violated' | 'inconclusive';
  readonly clauses: readonly ClauseResult[];
  readonly durationMs: number;
}

/**
 * Rejects when the target cannot be loaded, started or opened: with the host's error, which says what was
 * expected. What the adapter does later becomes clause results.
 */
export async function certify(options: CertifyOptions): Promise<CertifyOutcome> {
  const startedAt = options.now();
  await using pool = createHostPool({
    target: options.target,
    // One for the service, and enough that each clause under way can have its processes.
    maxHosts: 1 + options.processes + CONCURRENCY + 1,
    inProcess: options.inProcess,
  });
  const lease = await pool.lease(1);
  const steward = lease.hosts[0] as Host;
  try {
    const loaded = await steward.load(options.target);
    const { connection, environment } = await steward.start({ pg: options.pg });
    try {
      const surfaces = await probe(steward, connection, options);
      const requestedLevel =
        options.level ?? defaultLevel(loaded.capabilities.crossInstance, options.processes);
      const { name, version, capabilities } = loaded;
      const subject = { name, version, capabilities, surfaces, storage: environment, requestedLevel };
      options.onStarted?.(subject);
      const clauses = await new Certification(options, subject, pool, steward, connection).run();
      const durationMs = Math.round(options.now() - startedAt);
      return { subject, clauses, durationMs, ...conclude(clauses, requestedLevel) };
    } finally {
      await steward.stopService();
    }
  } finally {
    await lease.release();
  }
}

function defaultLevel(crossInstance: boolean, processes: number): Level {
  return crossInstance && processes > 1 ? 'cluster' : 'process';
}

async function probe(
  host: Host,
  connection: Json,
  options: CertifyOptions,
): Promise<CertifiedSubject['surfaces']> {
  const namespace = `ls${options.runId}_probe`;
  const opened = await host.open({ connection, namespace, instance: 1 });
  await host.closeInstance(opened.id);
  await host.destroy(connection, namespace);
  return opened.surfaces;
}

class Certification {
  readonly #options: CertifyOptions;
  readonly #subject: CertifiedSubject;
  readonly #pool: HostPool;
  readonly #steward: Host;
  readonly #connection: Json;

  constructor(
    options: CertifyOptions,
    subject: CertifiedSubject,
    pool: HostPool,
    steward: Host,
    connection: Json,
  ) {
    this.#options = options;
    this.#subject = subject;
    this.#pool = pool;
    this.#steward = steward;
    this.#connection = connection;
  }

  async run(): Promise<ClauseResult[]> {
    const results = new Map<string, ClauseResult>();
    const waiting = [...CLAUSES];
    const work = async (): Promise<void> => {
      for (let clause = waiting.shift(); clause !== undefined; clause = waiting.shift()) {
        const result = await this.#decide(clause);
        results.set(clause.id, result);
        this.#options.onClause?.(result, results.size, CLAUSES.length);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return CLAUSES.map((clause) => results.get(clause.id) as ClauseResult);
  }

  async #decide(clause: Clause): Promise<ClauseResult> {
    const absent = inapplicability(clause, this.#subject.surfaces, this.#subject.capabilities);
    if (absent !== undefined) return this.#without(clause, 'not-applicable', absent);
    const { only } = this.#options;
    if (only !== undefined && !only.includes(clause.id) && !only.includes(clause.group)) {
      return this.#without(clause, 'skipped', 'left out by --only');
    }
    if (LEVELS.indexOf(clause.level) > LEVELS.indexOf(this.#subject.requestedLevel)) {
      return this.#without(clause, 'not-run', `counts from level ${clause.level} on`);
    }
    const definition = PROPERTIES.find((one) => one.clause === clause.id);
    if (definition === undefined) return this.#without(clause, 'not-run', 'this version has no check for it');
    if (this.#options.signal?.aborted === true) return this.#without(clause, 'inconclusive', 'interrupted');
    return this.#check(clause, definition);
  }

  async #check(clause: Clause, definition: AnyProperty): Promise<ClauseResult> {
    const { seed, path, runs, budgetMs, processes, now, signal, runId } = this.#options;
    const check = checkProperty(definition, {
      clause,
      subject: this.#subject,
      seed,
      ...(path === undefined ? {} : { path }),
      ...(signal === undefined ? {} : { signal }),
      runs,
      budgetMs,
      processes,
      now,
      lab: {
        lease: (count) => this.#pool.lease(count),
        connection: this.#connection,
        destroy: (namespace) => this.#steward.destroy(this.#connection, namespace),
        prefix: `ls${runId}_${clause.id.toLowerCase().replace('-', '_')}`,
        blockMs: BLOCK_MS,
      },
    });
    return Promise.race([check, this.#timeOut(clause, budgetMs + GRACE_MS)]);
  }

  async #timeOut(clause: Clause, ms: number): Promise<ClauseResult> {
    await new Promise((resolve) => setTimeout(resolve, ms).unref());
    return this.#without(clause, 'inconclusive', `the runner's own time-out of ${ms} ms`);
  }

  #without(clause: Clause, status: ClauseResult['status'], reason: string): ClauseResult {
    const { seed } = this.#options;
    return {
      clause: clause.id,
      status,
      reason,
      runs: 0,
      orders: 0,
      processes: 0,
      instances: 0,
      durationMs: 0,
      seed,
    };
  }
}

/** Milliseconds after which a step of a scheduled program counts as blocked. It only steers. */
const BLOCK_MS = 8;

/** The level and the verdict that follow from the clauses. */
export function conclude(
  clauses: readonly ClauseResult[],
  requestedLevel: Level,
): Pick<CertifyOutcome, 'level' | 'verdict'> {
  const statusOf = new Map(clauses.map((result) => [result.clause, result.status]));
  const held = (level: Level): boolean =>
    CLAUSES.filter((clause) => clause.level === level).every((clause) => {
      const status = statusOf.get(clause.id);
      return status === 'ok' || status === 'not-applicable';
    });
  let level: Level | null = null;
  for (const candidate of LEVELS.slice(0, LEVELS.indexOf(requestedLevel) + 1)) {
    if (!held(candidate)) break;
    level = candidate;
  }
  return { level, verdict: verdictOf(clauses) };
}

function verdictOf(clauses: readonly ClauseResult[]): CertifyOutcome['verdict'] {
  if (clauses.some((result) => result.status === 'violated')) return 'violated';
  const doubtful = clauses.some((result) => result.status === 'inconclusive' || result.status === 'error');
  return doubtful || !clauses.some((result) => result.status === 'ok') ? 'inconclusive' : 'ok';
}
