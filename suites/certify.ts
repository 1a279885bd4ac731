/**
 * Certifies one target: starts its service, finds its surfaces, and checks every clause that applies. Several clauses
 * run at a time, each in its own namespaces.
 */
import { CLAUSES, inapplicability, LEVELS, type Clause } from '../adapters/contract/index.ts';
import { defined } from '../adapters/contract/defined.ts';
import { NOTHING_BESIDE, STOP_BOUND_MS, type Beside } from '../scenarios/host/index.ts';
import { LockstepError } from '../scenarios/lockstepError.ts';
import type { CertifiedSubject, CertifyListener, CertifyOptions, CertifyOutcome } from './certification.ts';
import { Environments } from './environments.ts';
import { PROPERTIES } from './clauses/index.ts';
import { faultClauseOf, type FaultClause } from './faults/clauses.ts';
import { TrialRunner } from './faults/trialRunner.ts';
import { checkProperty } from './harness/engine/check.ts';
import { uncheckable } from './harness/failing/reasons.ts';
import { withLate } from './harness/judging/beside.ts';
import type { AnyProperty, Subject } from './harness/engine/property.ts';
import { Stopwatch } from './harness/engine/stopwatch.ts';
import { levelOf } from './level.ts';
import { openTarget, type OpenedTarget } from './opening.ts';
import type { ClauseResult } from './result.ts';
import { ELSEWHERE, membersOf, type Shard } from './shard.ts';

export type { CertifiedSubject, CertifyListener, CertifyOptions, CertifyOutcome } from './certification.ts';

/**
 * The most clauses that are checked at once. Half of their time they wait for locks, for storage and for each other.
 */
const CONCURRENCY = 4;
/**
 * The number of lanes that begin with the slow clauses, which mostly wait. The others end with them, so that some lane
 * is always busy.
 */
const SLOW_LANES = 2;
/** More seconds than any clause takes that programs decide. */
const MINUTES = 600;
/** How long a clause may take beyond its budget, in milliseconds: for shrinking, opening and closing. */
const GRACE_MS = 45_000;
/**
 * After this time a step of a scheduled program counts as blocked, in milliseconds. It only affects the order of steps.
 */
const BLOCK_MS = 8;

/**
 * Checks every clause. Rejects if the target cannot be loaded, started or opened, with the host's error, which says
 * what was expected; and with USAGE for an impossible level or shard. Whatever the adapter does later is part of the
 * clauses' results.
 */
export async function certify(
  options: CertifyOptions,
  listener: CertifyListener = {},
): Promise<CertifyOutcome> {
  const startedAt = options.now();
  await using certification = await OpenCertification.open(options, listener);
  const { subject } = certification;
  listener.started?.(subject);
  const results = new Map<string, ClauseResult>();
  const all = CLAUSES.filter((clause) => certification.isToBeChecked(clause)).length;
  let checked = 0;
  const waiting = inOrder(certification);
  const work = async (lane: number): Promise<void> => {
    for (let clause = take(waiting, lane); clause !== undefined; clause = take(waiting, lane)) {
      listener.deciding?.(clause.id, certification.boundMsOf(clause));
      const decided = await certification.decide(clause);
      const isLast = results.size === CLAUSES.length - 1;
      if (isLast)
        listener.phase?.({ what: `stopping the storage of ${options.target.spec}`, atMostMs: STOP_BOUND_MS });
      const result = isLast ? await certification.closeWith(decided) : decided;
      results.set(clause.id, result);
      if (certification.isToBeChecked(clause)) checked += 1;
      listener.clause?.(result, checked, all);
    }
  };
  await Promise.all(Array.from({ length: abreastOf(subject) }, (_, lane) => work(lane)));
  const clauses = CLAUSES.map((clause) => results.get(clause.id) as ClauseResult);
  const durationMs = Math.round(options.now() - startedAt);
  return {
    subject,
    clauses,
    durationMs,
    ...levelOf(clauses, { requestedLevel: subject.requestedLevel, strict: options.strict ?? false }),
  };
}

/** First the clauses that are not checked, then the longest ones, so that the last one to end is a checked one. */
function inOrder(certification: OpenCertification): Clause[] {
  const rank = (clause: Clause): number =>
    certification.isToBeChecked(clause) ? secondsOf(clause) : Number.MAX_VALUE;
  return CLAUSES.toSorted((a, b) => rank(b) - rank(a));
}

/** Takes the next clause for a lane. */
function take(waiting: Clause[], lane: number): Clause | undefined {
  const quick = lane < SLOW_LANES ? -1 : waiting.findIndex((clause) => !isSlow(clause));
  return waiting.splice(Math.max(0, quick), 1)[0];
}

/** A started target, whose clauses can be decided one by one or several at a time. */
export class OpenCertification implements AsyncDisposable {
  readonly subject: CertifiedSubject;
  readonly #options: CertifyOptions;
  readonly #opened: OpenedTarget;
  readonly #environments: Environments;
  /** The clauses of this shard. Undefined: all. */
  readonly #members: ReadonlySet<Clause> | undefined;
  readonly #trials: TrialRunner;
  /** Why the storage became unreliable. All later clauses report it. */
  #storageFailure: string | undefined;
  #closing: Promise<Beside> | undefined;

  private constructor(options: CertifyOptions, opened: OpenedTarget) {
    const { steward, connection, loaded, subject } = opened;
    this.#options = options;
    this.#opened = opened;
    this.#environments = new Environments({ steward, connection, offered: loaded.environments });
    const { target, pg, allowFaultsOnServer = false, seed, processes, signal, evidence } = options;
    this.#trials = new TrialRunner({
      target,
      pg,
      allowFaultsOnServer,
      seed,
      services: subject.capabilities.crossInstance ? Math.max(2, processes) : 1,
      offered: loaded,
      surfaces: subject.surfaces,
      now: options.now,
      ...defined({ signal, evidence }),
    });
    this.subject = subject;
    this.#members = options.shard === undefined ? undefined : this.#shardMembers(options.shard);
  }

  /** Rejects like `certify`. Then nothing is left running. */
  static async open(options: CertifyOptions, listener: CertifyListener = {}): Promise<OpenCertification> {
    // One host for the service, and the processes of each clause that is checked at the time.
    const maxHosts = 1 + CONCURRENCY * Math.max(options.processes, 2);
    const opened = await openTarget(options, maxHosts, listener);
    try {
      return new OpenCertification(options, opened);
    } catch (error) {
      await opened.release();
      throw error;
    }
  }

  /** How long a clause may take, in milliseconds. Undefined: loads decide it, and these have their own bounds. */
  boundMsOf(clause: Clause): number | undefined {
    return definitionOf(clause) === undefined ? undefined : this.#options.budgetMs + GRACE_MS;
  }

  /** Decides one clause. Never rejects: an error of the harness becomes the status of the result. */
  async decide(clause: Clause): Promise<ClauseResult> {
    const out = this.#outOfScope(clause);
    if (out !== undefined) return this.#without(clause, out.status, out.reason);
    if (this.#members?.has(clause) === false) return this.#without(clause, 'not-run', ELSEWHERE);
    if (this.#options.signal?.aborted === true) return this.#without(clause, 'inconclusive', 'interrupted');
    if (this.#storageFailure !== undefined)
      return this.#without(clause, 'error', uncheckable(this.#storageFailure));
    const definition = definitionOf(clause);
    return definition === undefined
      ? await this.#decideByTrials(clause, faultClauseOf(clause.id) as FaultClause)
      : await this.#check(clause, definition);
  }

  /** Why a clause is not checked, which is the same for every shard. Undefined: it is checked. */
  #outOfScope(clause: Clause): Pick<Required<ClauseResult>, 'status' | 'reason'> | undefined {
    const { surfaces, capabilities, requestedLevel } = this.subject;
    const absent = inapplicability(clause, surfaces, capabilities);
    if (absent !== undefined) return { status: 'not-applicable', reason: absent };
    const provider = this.#opened.loaded.provided[clause.id];
    if (provider !== undefined) return { status: 'not-applicable', reason: `provided by ${provider}` };
    const { only } = this.#options;
    if (only !== undefined && !only.includes(clause.id) && !only.includes(clause.group)) {
      return { status: 'skipped', reason: 'left out by --only' };
    }
    if (LEVELS.indexOf(clause.level) > LEVELS.indexOf(requestedLevel)) {
      return { status: 'not-run', reason: `counts from level ${clause.level} on` };
    }
    if (definitionOf(clause) !== undefined || faultClauseOf(clause.id) !== undefined) return undefined;
    return { status: 'not-run', reason: 'this version of lockstep does not check it' };
  }

  #shardMembers(shard: Shard): ReadonlySet<Clause> {
    const all = CLAUSES.filter((clause) => this.#outOfScope(clause) === undefined);
    if (shard.of > all.length) {
      throw new LockstepError(
        'USAGE',
        `--shard ${shard.index}/${shard.of}: expected at most ${all.length} shards, because there are ${all.length} clauses to check.`,
      );
    }
    return membersOf(all, isSlow, shard);
  }

  /** Whether `decide` would check the clause. */
  isToBeChecked(clause: Clause): boolean {
    return this.#outOfScope(clause) === undefined && this.#members?.has(clause) !== false;
  }

  /** Ends everything. Errors outside any call are attributed to the clause that was decided last. */
  async closeWith(last: ClauseResult): Promise<ClauseResult> {
    return withLate(last, await this.close().catch(() => NOTHING_BESIDE));
  }

  /** Idempotent. Resolves to the errors outside any call that belong to no clause. Rejects with TARGET_FAILED. */
  close(): Promise<Beside> {
    this.#closing ??= this.#opened.release();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #check(clause: Clause, definition: AnyProperty): Promise<ClauseResult> {
    const {
      seed,
      path,
      runs,
      budgetMs,
      processes,
      now,
      signal,
      runId,
      shrink = true,
      timings = false,
    } = this.#options;
    const { idSpace } = this.subject;
    const settings = await this.#environments.settingsFor(definition, this.subject);
    if (!('connections' in settings)) return this.#without(clause, settings.status, settings.reason);
    const { environments, connections } = settings;
    const stopwatch = timings ? new Stopwatch(now) : undefined;
    const check = checkProperty(definition, {
      clause,
      subject: this.subject,
      environments,
      seed,
      ...defined({ path, signal }),
      runs,
      budgetMs,
      processes,
      shrink,
      now,
      storageFailure: async () => {
        const failure = await this.#opened.storage.failure();
        this.#storageFailure ??= failure;
        return failure;
      },
      lab: {
        lend: (count) => this.#opened.pool.lend(count),
        connections,
        destroy: async (connection, namespace) => {
          const { steward } = this.#opened;
          await steward.destroy(connection, namespace);
          return steward.takeBeside();
        },
        prefix: `ls${runId}_${clause.id.toLowerCase().replace('-', '_')}`,
        blockMs: BLOCK_MS,
        ...defined({ stopwatch, idSpace }),
      },
    });
    const result = await this.#within(budgetMs + GRACE_MS, clause, check);
    return stopwatch === undefined ? result : { ...result, timings: stopwatch.timings };
  }

  /** Decides by loads under faults, which have their own bounds. */
  async #decideByTrials(clause: Clause, definition: FaultClause): Promise<ClauseResult> {
    const { services } = this.#trials;
    return {
      clause: clause.id,
      ...(await this.#trials.decide(clause, definition, this.subject)),
      orders: 0,
      processes: services,
      instances: services,
      seed: this.#options.seed,
    };
  }

  /** Applies the runner's own time limit. If it is exceeded, that says nothing about the adapter. */
  async #within(ms: number, clause: Clause, check: Promise<ClauseResult>): Promise<ClauseResult> {
    let timer: NodeJS.Timeout | undefined;
    const timeOut = new Promise<ClauseResult>((resolve) => {
      const late = (): void =>
        resolve(this.#without(clause, 'inconclusive', `it did not end within ${ms} ms`));
      timer = setTimeout(late, ms);
    });
    try {
      return await Promise.race([check, timeOut]);
    } finally {
      clearTimeout(timer);
    }
  }

  #without(clause: Clause, status: ClauseResult['status'], reason: string): ClauseResult {
    const nothing = { runs: 0, exercised: 0, orders: 0, processes: 0, instances: 0, durationMs: 0 };
    return { clause: clause.id, status, reason, ...nothing, seed: this.#options.seed };
  }
}

/**
 * How many clauses may run at once. If lists may lag behind open sections, sections of another clause would delay them.
 */
function abreastOf({ capabilities }: Subject): number {
  return capabilities.tailComplete ? 1 : CONCURRENCY;
}

function definitionOf({ id }: Clause): AnyProperty | undefined {
  return PROPERTIES.find((one) => one.clause === id);
}

/** See `slow` of Property. Clauses that loads decide take minutes. */
function secondsOf(clause: Clause): number {
  return definitionOf(clause)?.slow ?? (faultClauseOf(clause.id) === undefined ? 0 : MINUTES);
}

function isSlow(clause: Clause): boolean {
  return secondsOf(clause) > 0;
}
