/** Checks one property with fast-check, and turns the outcome into a clause result. */
import fc from 'fast-check';
import { inapplicability, type Clause } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Decision } from '../../../scenarios/host/language/program.ts';
import { hasCode } from '../../../scenarios/lockstepError.ts';
import type { ClauseResult } from '../../result.ts';
import { isAnswered, runAgain, type Again, type Rerun, type Rerunning } from '../failing/again.ts';
import { errorText, orderOf, uncheckable } from '../failing/reasons.ts';
import { counterexampleOf, type Seen } from '../failing/counterexample.ts';
import { besideFailure } from '../judging/beside.ts';
import { exampleInputs, inputOf, topologiesOf, type Definition, type Input } from './input.ts';
import { judged } from './judged.ts';
import { Lab, type LabOptions } from './lab.ts';
import { unconfirmed, type Unconfirmed } from './confirm.ts';
import { doubtOf, type Unchecked } from './doubt.ts';
import { everyInterleaving, MAX_ORDERS, type Interleaving } from './interleaving.ts';
import { sectionsOverlap } from '../cases/lockProbe.ts';
import type { AnyProperty, CustomProperty, Failure, Property, Subject, TrialRun } from './property.ts';
import { runsFor } from './runs.ts';
import { varied, type Condition } from '../failing/conditions.ts';

/**
 * After this many trials whose set-up was refused, no more trials are run. They would fail in the same way, perhaps
 * after long waits.
 */
const MAX_UNCHECKED = 20;
/**
 * How long to wait for a step that ended in the failing run, in milliseconds. Under other conditions it may never end.
 */
const REPLAY_MS = 1_000;
/** How long a failing case may be shrunk, in milliseconds. */
const SHRINK_BUDGET_MS = 15_000;

export interface CheckOptions {
  readonly clause: Clause;
  readonly subject: Subject;
  readonly seed: number;
  /** The path of the seed that repeats a failure. */
  readonly path?: string;
  readonly runs: number;
  /**
   * The time for the generated runs, in milliseconds. If it ends before all requested runs, the result is inconclusive.
   */
  readonly budgetMs: number;
  readonly processes: number;
  /** The names of the environments in which trials run, the simplest first. */
  readonly environments: readonly string[];
  /** Whether a failing program is shrunk and run again. If not, it is reported as it was found. */
  readonly shrink: boolean;
  /** Why the storage cannot be read and written now. Undefined: it can. Never rejects. */
  readonly storageFailure: () => Promise<string | undefined>;
  readonly lab: Omit<LabOptions, 'ownNamespace' | 'apart' | 'mixed' | 'processes'>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Aborted when the user gives up. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the property. Never rejects for anything that the adapter does. Errors of the harness become the status `error`.
 */
export async function checkProperty(definition: AnyProperty, options: CheckOptions): Promise<ClauseResult> {
  return new Check(definition, options).run();
}

class Check {
  readonly #definition: Definition;
  readonly #options: CheckOptions;
  readonly #lab: Lab;
  readonly #orders = new Set<string>();
  /** The number of trials that had each situation of the property. */
  readonly #situations: Map<string, number>;
  readonly #startedAt: number;
  /** The number of trials to run: as requested, or more if the examples leave too few generated ones. */
  #runs = 0;
  #exercised = 0;
  #trials = 0;
  #unchecked: Unchecked | undefined;
  #unconfirmed: Unconfirmed | undefined;
  #failed: { readonly trial: number; readonly at: number; readonly exercised: boolean } | undefined;
  #seen: Seen | undefined;
  /** Errors outside any call after the last answers of trials. */
  #late: Omit<Seen, 'exercised'> | undefined;
  #harnessError: unknown;
  /** Why the storage cannot be used, if a check of it failed. */
  #storageFailure: string | undefined;

  constructor(definition: Definition, options: CheckOptions) {
    this.#definition = definition;
    this.#options = options;
    this.#startedAt = options.now();
    const situations = 'trial' in definition ? definition.situations?.(options.subject) : undefined;
    this.#situations = new Map((situations ?? []).map(({ name }) => [name, 0]));
    const ownNamespace = 'trial' in definition && definition.ownNamespace === true;
    const apart = 'trial' in definition && definition.apart === true;
    const mixed = 'trial' in definition && definition.mixed === true;
    const processes = this.#topologies().includes('processes') ? options.processes : 1;
    this.#lab = new Lab({ ...options.lab, processes, ownNamespace, apart, mixed });
  }

  async run(): Promise<ClauseResult> {
    const { clause, subject, seed, path, shrink, environments } = this.#options;
    const reason =
      inapplicability(clause, subject.surfaces, subject.capabilities) ??
      this.#definition.inapplicable?.(subject);
    if (reason !== undefined) return this.#result({ status: 'not-applicable', reason });
    try {
      const arbitrary = inputOf(this.#definition, subject, this.#topologies(), environments);
      const examples = exampleInputs(this.#definition, subject, this.#topologies(), environments);
      const asked = Math.ceil(this.#options.runs * (this.#definition.share ?? 1));
      this.#runs = runsFor(asked, examples.length, this.#situations.size > 0);
      const details = await fc.check(
        fc.asyncProperty(arbitrary, (input) => this.#try(input)),
        {
          seed,
          numRuns: this.#runs,
          endOnFailure: !shrink,
          examples,
          ...defined({ path }),
        },
      );
      const again = shrink ? await this.#again() : {};
      // What instances do while they are closed is judged as well.
      await this.#lab.close().catch(() => undefined);
      await this.#takeLate();
      return this.#conclude(details, again);
    } catch (error) {
      if (!(await this.#storageHolds())) return this.#uncheckable();
      return this.#result({ status: 'error', reason: errorText(error) });
    } finally {
      await this.#lab.close().catch(() => undefined);
    }
  }

  /** Returns false for a violation, else true. Ends the generation if more trials would show nothing. */
  async #try(input: Input): Promise<boolean> {
    if (this.#givenUp()) throw new fc.PreconditionFailure(true);
    try {
      const definition = this.#definition;
      const seen =
        'trial' in definition ? await this.#run(definition, input) : await this.#execute(definition, input);
      await this.#takeLate();
      if (seen === undefined) return true;
      // A smaller case that does not exercise the clause fails for another reason, so its message would be wrong.
      if (this.#failed?.exercised === true && !seen.exercised) return true;
      // Checked each time, because a failure of the storage must not count as a smaller case of the same failure.
      if (!(await this.#storageHolds())) return true;
      this.#failed ??= { trial: this.#trials, at: this.#options.now(), exercised: seen.exercised };
      this.#seen = { ...seen, input };
      return false;
    } catch (error) {
      // A trial that was cut short by the end of the run shows nothing.
      if (hasCode(error, 'INTERRUPTED')) return true;
      if (await this.#storageHolds()) this.#harnessError = error;
      return true;
    }
  }

  /** Whether the storage can be read and written. Only then is a failure the adapter's fault. */
  async #storageHolds(): Promise<boolean> {
    this.#storageFailure ??= await this.#options.storageFailure();
    return this.#storageFailure === undefined;
  }

  #uncheckable(): ClauseResult {
    return this.#result({ status: 'error', reason: uncheckable(this.#storageFailure ?? '') });
  }

  async #run(definition: Property<unknown>, input: Input): Promise<Seen | undefined> {
    let exercised = false;
    const situations = new Set<string>();
    let unchecked: string | undefined;
    let seen: Omit<Seen, 'exercised'> | undefined;
    for (const interleaving of this.#interleavings(definition, input)) {
      const run = await this.#runOnce(definition, input, interleaving);
      const judgement = judged(definition, run);
      exercised ||= judgement.exercised;
      for (const situation of judgement.situations) situations.add(situation);
      unchecked = judgement.unchecked;
      const { failure } = judgement;
      const failsAgain = async (): Promise<boolean> =>
        judged(definition, await this.#runOnce(definition, input, interleaving)).failure !== undefined;
      if (failure !== undefined && (await this.#counts(failure, failsAgain))) seen = { failure, run };
      if (seen !== undefined || unchecked !== undefined || this.#givenUp()) break;
    }
    this.#count(exercised, situations);
    if (unchecked !== undefined) await this.#noteUnchecked(unchecked);
    return seen === undefined ? undefined : { ...seen, exercised };
  }

  /** Whether a failure is the adapter's fault. If only a long wait shows it, the same program must fail again. */
  async #counts({ byTime, summary }: Failure, failsAgain: () => Promise<boolean>): Promise<boolean> {
    if (byTime !== true || this.#failed !== undefined) return true;
    const found = await unconfirmed(summary, failsAgain, this.#options.now);
    this.#unconfirmed ??= found;
    return found === undefined;
  }

  #interleavings(definition: Property<unknown>, { body, interleaving, everyOrder }: Input): Interleaving[] {
    if (!everyOrder || interleaving.mode === 'free') return [interleaving];
    const trial = definition.trial(body, this.#lab.scope(), this.#options.subject);
    return everyInterleaving(trial, MAX_ORDERS) ?? [interleaving];
  }

  async #runOnce(
    definition: Property<unknown>,
    input: Pick<Input, 'environment' | 'topology' | 'zone' | 'body'>,
    interleaving: Interleaving,
    order?: readonly Decision[],
    without: readonly Condition[] = [],
  ): Promise<TrialRun<unknown>> {
    const { subject } = this.#options;
    const scope = this.#lab.scope();
    const generated = varied(definition.trial(input.body, scope, subject), without);
    // A trial with a given order is judged by what its steps wait for.
    const hurried = generated.order === undefined ? { stepMs: REPLAY_MS } : {};
    const trial = order === undefined ? generated : { ...generated, order, ...hurried };
    const outcome = await this.#lab.run(input, trial, interleaving);
    const run = { input: input.body, trial, scope, subject, ...outcome };
    if (run.main.order.length > 0) this.#orders.add(orderOf(run));
    return run;
  }

  /** What rerunning the shrunk program shows. An error of the harness during this does not change the failure. */
  async #again(): Promise<Again> {
    const definition = this.#definition;
    const { input, run, failure } = this.#seen ?? {};
    if (!('trial' in definition) || input === undefined || run === undefined) return {};
    if (this.#storageFailure !== undefined) return {};
    const rerun = async ({ interleaving, order, without, ...place }: Rerun): Promise<Rerunning> => {
      const where = { ...place, body: input.body };
      const again = await this.#runOnce(definition, where, interleaving, order, without);
      const { failure } = judged(definition, again);
      return { failed: failure !== undefined, answered: isAnswered(again) };
    };
    const { environments, now, subject } = this.#options;
    const locks = subject.surfaces.includes('locks');
    const again = await runAgain({
      input,
      run,
      topologies: this.#topologies(),
      environments,
      alike: definition.apart !== true && definition.mixed !== true,
      declared: subject.capabilities,
      waits: failure?.byTime === true || run.main.stuck.length > 0,
      rerun,
      ...(locks ? { overlaps: (where) => sectionsOverlap(this.#lab, where) } : {}),
      now,
    }).catch(() => ({}));
    return (await this.#storageHolds()) ? again : {};
  }

  async #execute(definition: CustomProperty<unknown>, input: Input): Promise<Seen | undefined> {
    this.#count(true);
    const tools = {
      ...this.#lab.tools(input.environment),
      subject: this.#options.subject,
      scope: this.#lab.scope(),
    };
    const failure = await definition.execute(input.body, tools);
    // Such a property observes processes itself. Processes that the end of the run has ended look as if they had
    // failed.
    if (this.#options.signal?.aborted === true) return undefined;
    return failure === undefined ? undefined : { failure, exercised: true };
  }

  /** Errors that come after a trial, while its instances are closed or later, belong to no trial. */
  async #takeLate(): Promise<void> {
    const failure = besideFailure(this.#lab.takeLate());
    if (failure !== undefined && (await this.#storageHolds())) this.#late ??= { failure };
  }

  /** Trials during shrinking are not counted. */
  #count(exercised: boolean, situations: ReadonlySet<string> = new Set()): void {
    if (this.#failed !== undefined) return;
    this.#trials += 1;
    if (exercised) this.#exercised += 1;
    for (const name of situations) this.#situations.set(name, (this.#situations.get(name) ?? 0) + 1);
  }

  /** Notes a trial whose setup was refused. The storage may be the reason. */
  async #noteUnchecked(reason: string): Promise<void> {
    if (this.#failed !== undefined || !(await this.#storageHolds())) return;
    this.#unchecked = { reason, ...this.#unchecked, trials: (this.#unchecked?.trials ?? 0) + 1 };
  }

  #givenUp(): boolean {
    if (this.#storageFailure !== undefined) return true;
    if (this.#harnessError !== undefined || this.#options.signal?.aborted === true) return true;
    if (this.#failed === undefined && (this.#unchecked?.trials ?? 0) >= MAX_UNCHECKED) return true;
    if (this.#late !== undefined && this.#failed === undefined) return true;
    const now = this.#options.now();
    if (this.#failed !== undefined) return now - this.#failed.at > SHRINK_BUDGET_MS;
    return now - this.#startedAt > this.#options.budgetMs;
  }

  #conclude(details: fc.RunDetails<[Input]>, again: Again): ClauseResult {
    const seen = this.#seen ?? this.#late;
    if (seen !== undefined) {
      const { trial = 1 } = this.#failed ?? {};
      const { counterexamplePath: path, numShrinks: shrinks } = details;
      const found =
        this.#seen === undefined
          ? { path: '', run: Math.max(1, this.#trials), shrinks: 0 }
          : { path: path ?? '', run: trial, shrinks, ...again };
      return this.#result({ status: 'violated', counterexample: { ...counterexampleOf(seen), ...found } });
    }
    if (this.#storageFailure !== undefined) return this.#uncheckable();
    if (details.failed || this.#harnessError !== undefined) {
      const error = this.#harnessError ?? details.errorInstance;
      return this.#result({ status: 'error', reason: errorText(error) });
    }
    const doubt = doubtOf({
      unchecked: this.#unchecked,
      unconfirmed: this.#unconfirmed,
      isOnePath: this.#options.path !== undefined,
      isInterrupted: this.#options.signal?.aborted === true,
      asked: this.#runs,
      trials: this.#trials,
      exercised: this.#exercised,
      situations: this.#situations,
    });
    return this.#result(doubt === undefined ? { status: 'ok' } : { status: 'inconclusive', reason: doubt });
  }

  #topologies(): ReturnType<typeof topologiesOf> {
    const { clause, subject, processes } = this.#options;
    return topologiesOf(this.#definition, clause, subject, processes);
  }

  #result(
    part: Pick<ClauseResult, 'status'> & Partial<Pick<ClauseResult, 'reason' | 'counterexample'>>,
  ): ClauseResult {
    const topologies = this.#topologies();
    const { processes } = this.#lab;
    return {
      clause: this.#options.clause.id,
      runs: this.#trials,
      exercised: this.#exercised,
      orders: this.#orders.size,
      processes,
      instances: Math.max(processes, topologies.includes('shared') ? 2 : 1),
      durationMs: Math.round(this.#options.now() - this.#startedAt),
      seed: this.#options.seed,
      ...(this.#situations.size === 0 || this.#trials === 0
        ? {}
        : { situations: [...this.#situations].map(([situation, runs]) => ({ situation, runs })) }),
      ...part,
    };
  }
}
