/**
 * Runs a failing program again, in the recorded order and under other conditions, to find what the failure depends
 * on.
 */
import type { EnvironmentName } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { ProgramHistory, StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Decision } from '../../../scenarios/host/language/program.ts';
import type { Counterexample, Tally } from '../../result.ts';
import { causeOf, type Apart, type Declared, type Measured } from './cause.ts';
import type { Input } from '../engine/input.ts';
import type { Interleaving } from '../engine/interleaving.ts';
import { SERVICE, type Topology, type TrialRun } from '../engine/property.ts';
import { isCertainlyMore, runsToTell } from './rates.ts';
import { canVary, type Condition } from './conditions.ts';

/** How often to run the program again unchanged, and the least and the most runs of each contrast. */
const REPLAYS = 20;
const CONTRAST_RUNS = 10;
const MAX_CONTRAST_RUNS = 60;
/** How often to try two sections, in order to see whether the lock excludes them. */
const LOCK_RUNS = 10;
/** How long each of these may take, in milliseconds. A program that gets stuck takes seconds each time. */
const REPLAY_BUDGET_MS = 6_000;
const CONTRAST_BUDGET_MS = 4_000;

const NEVER: Tally = { failed: 0, of: 0 };

const WHERE: Readonly<Record<Topology, string>> = {
  one: 'on one instance',
  shared: 'on two instances of one process',
  processes: 'across processes',
};
const IN_UTC = 'with every process in UTC';
const UNMOVED = 'with clocks that are not moved';
const UNBOUNDED = 'with waits that have no timeout';
const ON_SERVICE = 'on the service itself';
const BYTE_ORDER: EnvironmentName = 'c-collation';
const IN_TURN = 'with its actors one after another';

export interface Rerun extends Pick<Input, 'environment' | 'topology' | 'zone'> {
  readonly interleaving: Interleaving;
  /** Decisions that replace the interleaving. */
  readonly order?: readonly Decision[];
  /** The conditions that are removed from the program. */
  readonly without?: readonly Condition[];
}

/** The outcome of one rerun. */
export interface Rerunning {
  readonly failed: boolean;
  /** Whether every call was answered and none was refused. */
  readonly answered: boolean;
}

export interface AgainOptions {
  readonly input: Input;
  readonly run: TrialRun<unknown>;
  /** The topologies on which the property may run. */
  readonly topologies: readonly Topology[];
  /** The environments in which it was checked. */
  readonly environments: readonly string[];
  /**
   * Whether all its instances are opened in the same way. If not, removing some of them changes more than their number.
   */
  readonly alike: boolean;
  readonly declared: Declared;
  readonly rerun: (rerun: Rerun) => Promise<Rerunning>;
  /** Whether the failure is a wait that is too long. Without its bound, no wait is shorter. Default false. */
  readonly waits?: boolean;
  /**
   * Lets two callers enter one stream there. Resolves to whether both were inside at once. Absent: there are no locks.
   */
  readonly overlaps?: (where: Pick<Rerun, 'environment' | 'topology'>) => Promise<boolean>;
  readonly now: () => number;
}

/** What rerunning a failing program shows. */
export type Again = Pick<Counterexample, 'reproduced' | 'contrasts' | 'cause'>;

export async function runAgain(options: AgainOptions): Promise<Again> {
  return new Reruns(options).run();
}

class Reruns {
  readonly #options: AgainOptions;
  readonly #contrasts: { readonly how: string; readonly tally: Tally }[] = [];
  /** The rerun under the failing conditions. */
  #same: Rerun;
  #failing: Tally = NEVER;

  constructor(options: AgainOptions) {
    this.#options = options;
    const { environment, topology, zone, interleaving } = options.input;
    this.#same = { environment, topology, zone, interleaving };
  }

  async run(): Promise<Again> {
    const reproduced = await this.#reproduce();
    this.#failing = reproduced;
    const measured = await this.#measure();
    const cause = reproduced.failed === 0 ? undefined : causeOf(measured, this.#options.declared);
    return { reproduced, contrasts: this.#contrasts, ...defined({ cause }) };
  }

  async #reproduce(): Promise<NonNullable<Again['reproduced']>> {
    const order = orderOf(this.#options.run.main);
    const recorded = await this.#tally({ ...this.#same, order }, REPLAYS, REPLAY_BUDGET_MS);
    // A failure that depends on fine timing repeats better without barriers between steps.
    const isSeldom = this.#same.interleaving.mode === 'free' && rateOf(recorded) < 0.5;
    const free = isSeldom ? await this.#tally(this.#same, REPLAYS, REPLAY_BUDGET_MS) : NEVER;
    if (isSeldom && rateOf(free) >= rateOf(recorded)) return { ...free, how: 'running freely' };
    this.#same = { ...this.#same, order };
    return { ...recorded, how: 'in the recorded order' };
  }

  async #measure(): Promise<Measured> {
    const { input, run, environments, waits = false } = this.#options;
    const { environment, zone } = input;
    let measured: Measured = { failing: this.#failing, environment };
    if (zone !== null) measured = { ...measured, inUtc: await this.#contrast(IN_UTC, { zone: null }) };
    if (canVary(run.trial, 'unmoved'))
      measured = { ...measured, unmoved: await this.#contrast(UNMOVED, { without: ['unmoved'] }) };
    const elsewhere = new Set([SERVICE, ...environments]);
    elsewhere.delete(environment);
    for (const other of elsewhere) {
      const tally = await this.#contrast(placeOf(other), { environment: other });
      if (other === SERVICE) measured = { ...measured, onService: tally };
      if (other === BYTE_ORDER) measured = { ...measured, byteOrder: tally };
    }
    if (!waits && canVary(run.trial, 'unbounded'))
      measured = { ...measured, unbounded: await this.#contrast(UNBOUNDED, { without: ['unbounded'] }) };
    const apart = await this.#measureApart(measured.unmoved);
    if (apart !== undefined) measured = { ...measured, apart };
    if (run.trial.order === undefined && run.trial.actors.length > 1)
      measured = { ...measured, inTurn: await this.#contrast(IN_TURN, { order: inTurn(run) }) };
    return measured;
  }

  /** Reruns with fewer instances. The outcome only counts if the instances differ in nothing else. */
  async #measureApart(unmoved: Tally | undefined): Promise<Apart | undefined> {
    const { input, topologies, alike } = this.#options;
    const several = unmoved ?? this.#failing;
    // If clocks are moved, two instances differ in more than their location.
    const base: Partial<Rerun> = unmoved === undefined ? {} : { without: ['unmoved'] };
    const tallies = new Map<Topology, Tally>();
    for (const topology of topologies.filter((other) => other !== input.topology)) {
      const how = unmoved === undefined ? WHERE[topology] : `${WHERE[topology]} ${UNMOVED}`;
      tallies.set(topology, await this.#contrast(how, { ...base, topology }));
    }
    const nearer: Topology[] = input.topology === 'processes' ? ['shared', 'one'] : ['one'];
    const held = nearer.find((topology) => {
      const tally = tallies.get(topology);
      return input.topology !== topology && tally !== undefined && isCertainlyMore(several, tally);
    });
    if (held === undefined || !alike) return undefined;
    const of = held === 'shared' ? 'processes' : 'instances';
    const severalInTurn = await this.#inTurn(base);
    const lock = await this.#tryLock(held);
    return {
      of,
      several,
      one: tallies.get(held) as Tally,
      ...defined({ severalInTurn, lock }),
    };
  }

  /**
   * How often it fails if actors run one after another and every call is answered. A refused call may have met a lock
   * that was left behind.
   */
  async #inTurn(base: Partial<Rerun>): Promise<Tally | undefined> {
    const { run, rerun } = this.#options;
    if (run.trial.order !== undefined) return undefined;
    const again = { ...this.#same, ...base, order: inTurn(run) };
    const fails = async (): Promise<boolean> => {
      const { failed, answered } = await rerun(again);
      return failed && answered;
    };
    return await this.#count(fails, this.#runs(), CONTRAST_BUDGET_MS);
  }

  async #tryLock(held: Topology): Promise<Apart['lock']> {
    const { overlaps, run, input } = this.#options;
    const enters = run.trial.actors.some(({ steps }) => steps.some((step) => step.do === 'enter'));
    if (overlaps === undefined || !enters) return undefined;
    const { environment } = this.#same;
    const tried = async (topology: Topology): Promise<Tally> =>
      await this.#count(() => overlaps({ environment, topology }), LOCK_RUNS, CONTRAST_BUDGET_MS);
    return { several: await tried(input.topology), one: await tried(held) };
  }

  async #contrast(how: string, changes: Partial<Rerun>): Promise<Tally> {
    const tally = await this.#tally({ ...this.#same, ...changes }, this.#runs(), CONTRAST_BUDGET_MS);
    this.#contrasts.push({ how, tally });
    return tally;
  }

  #runs(): number {
    return runsToTell(this.#failing, CONTRAST_RUNS, MAX_CONTRAST_RUNS);
  }

  #tally(rerun: Rerun, times: number, budgetMs: number): Promise<Tally> {
    return this.#count(async () => (await this.#options.rerun(rerun)).failed, times, budgetMs);
  }

  async #count(fails: () => Promise<boolean>, times: number, budgetMs: number): Promise<Tally> {
    const { now } = this.#options;
    const until = now() + budgetMs;
    let failed = 0;
    let of = 0;
    while (of < times && (of === 0 || now() < until)) {
      of += 1;
      if (await fails()) failed += 1;
    }
    return { failed, of };
  }
}

function placeOf(environment: string): string {
  return environment === SERVICE ? ON_SERVICE : `in the environment "${environment}"`;
}

/** The decisions of a scheduled run. For a free run, the order in which its steps were called. */
export function orderOf({ order, records }: ProgramHistory): readonly Decision[] {
  if (order.length > 0) return order;
  const called = firsts(records).toSorted((a, b) => a.call - b.call);
  return called.map((record, index) => {
    const next = called[index + 1];
    return {
      actor: record.actor,
      step: record.step,
      blocked: next !== undefined && record.return > next.call,
    };
  });
}

/** Each step once, even if a callback ran again. */
function firsts(records: readonly StepRecord[]): StepRecord[] {
  return records.filter(({ attempt, outcome }) => attempt === 1 && outcome.status !== 'skipped');
}

/** Whether every step of the actors came to its end without an error. */
export function isAnswered({ main }: Pick<TrialRun<unknown>, 'main'>): boolean {
  return main.stuck.length === 0 && main.records.every(({ outcome }) => outcome.status !== 'error');
}

function inTurn({ trial }: TrialRun<unknown>): Decision[] {
  return trial.actors.flatMap(({ steps }, actor) =>
    steps.map((_, step) => ({ actor, step, blocked: false })),
  );
}

function rateOf({ failed, of }: Tally): number {
  return of === 0 ? 0 : failed / of;
}
