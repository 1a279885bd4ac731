/** The fleet of a drill, and how far it has moved: what each service opens, and how all services are moved. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  READ_SURFACES,
  type AuthorityView,
  type BackfillProgress,
  type Comparison,
  type Control,
  type HandOver,
  type Json,
  type MigrationStatus,
  type Order,
  type RepairProgress,
  type SideDifference,
  type Stage,
} from '../../adapters/contract/index.ts';
import type { TargetReference } from '../host/index.ts';
import type { Fleet } from '../load/run/fleet.ts';
import type { Side } from '../load/service/migrating.ts';
import { AUDITOR, type Opening } from '../load/run/opening.ts';
import { Operator } from './operator.ts';
import { connectionOf, type HostedSides } from './sides.ts';

export interface MoveOptions {
  readonly hosted: HostedSides;
  /** The module that makes one target of both sides. */
  readonly target: Pick<TargetReference, 'spec' | 'url'>;
  readonly services: number;
  readonly namespace: string;
  /** Whether services share the storages. */
  readonly shared: boolean;
}

/** How many records are copied in one call. */
const BATCH = 1000;
const COMPARED_AT_MOST = 20;
/** How long an order may take to reach every instance, and sections to end when the authority moves, in milliseconds. */
const OBEY_MS = 60_000;
const DRAIN_MS = 1500;
const PAUSE_MS = 100;
/** A difference counts if it remains after this many repairs. */
const COMPARISONS = 4;

export class Move {
  readonly #options: MoveOptions;
  readonly operator: Operator;
  /** The process that tries writes on both sides, to see which writers they accept. */
  readonly watcher: Operator;
  #fleet: Fleet | undefined;
  #stage: Stage = 'before';
  #decides: Side = 'old';
  /** The service that knows only the old side. */
  #outdated: number | undefined;
  /** What the sides held at the last attempt to finish the move. */
  #compared: Awaited<ReturnType<Move['compare']>> | undefined;

  constructor(options: MoveOptions) {
    const { services, shared } = options;
    this.#options = options;
    this.#outdated = shared && services > 1 ? services : undefined;
    const service = shared ? undefined : () => this.#running.worker(1);
    const openingOf = (): Opening => this.#moving(services + 1);
    this.operator = new Operator({ name: 'The operator', service, openingOf, number: services + 1 });
    // The watcher does not use the proxies, so it sees what the storages themselves say.
    const direct = (): Opening => this.#moving(undefined);
    this.watcher = new Operator({ name: 'The watcher', service, openingOf: direct, number: services + 2 });
  }

  /** The side that decides, as far as this drill has moved it. */
  get decides(): Side {
    return this.#decides;
  }

  set fleet(fleet: Fleet) {
    this.#fleet = fleet;
  }

  get #running(): Fleet {
    if (this.#fleet === undefined) throw new Error('Expected a fleet.');
    return this.#fleet;
  }

  openingOf(service: number): Opening {
    if (service !== this.#outdated) return this.#moving(service === AUDITOR ? undefined : service);
    const { hosted } = this.#options;
    return {
      target: hosted.sides.old.target,
      connection: connectionOf(hosted.sides.old, service),
      namespace: this.namespaceOf('old'),
    };
  }

  /** The namespace of one side's records, as migrationTarget names it. Names of drills are short enough for that. */
  namespaceOf(side: Side): string {
    return `${this.#options.namespace}_${side}`;
  }

  /** Moves every instance. With `outdated` one service opens only the old side instead. */
  async to(stage: Stage, outdated: boolean): Promise<Record<string, Json>> {
    const { services, shared } = this.#options;
    const last = shared && services > 1 ? services : undefined;
    // Instances that are opened from now on begin at this stage.
    this.#stage = stage;
    const outdatedNow = outdated ? last : undefined;
    // An earlier attempt may have left a service that could not be opened.
    await this.#running.replaceLost();
    if (last !== undefined && outdatedNow !== this.#outdated) {
      this.#outdated = outdatedNow;
      await this.#running.deploy(last);
    }
    if (stage === 'cut-over') await this.#repair();
    return await this.#instruct({ stage });
  }

  /** Resolves when every instance of the fleet obeys the order. */
  async #instruct(order: Order): Promise<Record<string, Json>> {
    const { version, by } = await this.operator.call<Control>(
      'instruct',
      order as Readonly<Record<string, Json>>,
    );
    const { services, shared } = this.#options;
    const expected = services - (this.#outdated === undefined ? 0 : 1);
    const until = performance.now() + OBEY_MS;
    for (;;) {
      const { instances } = await this.status();
      // If the operator has an instance of its own, that instance serves nobody, so it does not count.
      const serving = instances.filter(({ id }) => !shared || !by.includes(id));
      const obeying = serving.filter(({ control }) => control >= version).length;
      if (obeying >= expected) return { instances: obeying, version };
      if (performance.now() > until)
        throw new Error(`${obeying} of ${expected} instances obey the order within ${OBEY_MS} ms`);
      await sleep(PAUSE_MS);
    }
  }

  /** Repairs until nothing is owed, or until repairs no longer reduce what a writing fleet owes. */
  async #repair(): Promise<void> {
    for (let owedBefore = Infinity; ;) {
      const { owed } = await this.operator.call<RepairProgress>('repair', BATCH);
      if (owed === 0 || owed >= owedBefore) return;
      owedBefore = owed;
    }
  }

  /** Lets the new side answer this percentage of all reads. */
  async reads(percent: number): Promise<Record<string, Json>> {
    this.#stage = 'cut-over';
    await this.#repair();
    const reads = Object.fromEntries(READ_SURFACES.map((surface) => [surface, percent]));
    return await this.#instruct({ stage: 'cut-over', reads });
  }

  /** Begins the move. From then on each storage decides which writers it accepts. */
  async begin(): Promise<Record<string, Json>> {
    const { epoch } = await this.operator.call<AuthorityView>('begin');
    return { epoch };
  }

  /** Lets the side `to` decide. Undefined: it decides already, because an operator that was killed had got so far. */
  async handOver(to: Side): Promise<HandOver | undefined> {
    const { authority } = await this.status();
    if (authority.decides === undefined) throw new Error('neither side decides');
    // Copies that earlier steps left owed would delay the hand over.
    if (authority.decides !== to) await this.#repair();
    const done =
      authority.decides === to
        ? undefined
        : await this.operator.call<HandOver>('handOver', to, { drainMs: DRAIN_MS });
    this.#decides = to;
    return done;
  }

  /** Like handOver, but only once, and without copying first. */
  async askToDecide(to: Side): Promise<void> {
    await this.operator.call<HandOver>('handOver', to, { drainMs: DRAIN_MS });
    this.#decides = to;
  }

  /** Copies what is owed. Resolves with how many streams could not be copied. */
  async refusedStreams(): Promise<number> {
    const { failed } = await this.operator.call<RepairProgress>('repair', BATCH);
    return failed.filter(({ kind }) => kind === 'streams').length;
  }

  /** Ends the move. Returns what the sides held just before. It can be called again after an interruption. */
  async finish(): ReturnType<Move['compare']> {
    const { authority } = await this.status();
    if (this.#compared === undefined || !authority.finished) {
      this.#compared = await this.compare({ mayOwe: true });
      await this.#repair();
      await this.operator.call<AuthorityView>('finish', { despiteLifetimes: true });
    }
    return this.#compared;
  }

  async status(): Promise<MigrationStatus> {
    return await this.operator.call<MigrationStatus>('status');
  }

  /** Copies everything that was stored before, and continues an earlier pass. Calls `onBatch` for every batch. */
  async backfill(onBatch: (batch: Promise<unknown>) => void): Promise<Record<string, Json>> {
    let [examined, copied] = [0, 0];
    for (;;) {
      const batch = this.operator.call<BackfillProgress>('backfill', BATCH);
      onBatch(batch);
      const progress = await batch;
      examined += progress.examined;
      copied += progress.copied;
      if (progress.done) return { examined, copied };
    }
  }

  /**
   * Copies what is owed, and compares, until nothing differs and nothing is owed, or until differences persist. `mayOwe` allows
   * debts, because a fleet that writes always owes something.
   */
  async compare({ mayOwe = false }: { readonly mayOwe?: boolean } = {}): Promise<{
    compared: number;
    owed: number;
    repaired: number;
    differences: string[];
  }> {
    let repaired = 0;
    for (let round = 1; ; round += 1) {
      const done = await this.operator.call<RepairProgress>('repair', BATCH);
      repaired += done.repaired;
      const comparison = await this.operator.call<Comparison>('compare', COMPARED_AT_MOST);
      const { compared, owed, differences, unread } = comparison;
      const isClean = (mayOwe || owed === 0) && differences.length === 0;
      if (unread.length === 0 && (isClean || round === COMPARISONS))
        return { compared, owed, repaired, differences: differences.map(textOf) };
      if (round === COMPARISONS) throw new Error(`the sides could not be read: ${unread[0]?.reason}`);
      await sleep(PAUSE_MS);
    }
  }

  #moving(opener: number | undefined): Opening {
    const { hosted, target, namespace } = this.#options;
    const { old, new: other } = hosted.sides;
    const connection = { old: connectionOf(old, opener), new: connectionOf(other, opener) };
    const move = { old: old.target, new: other.target, stage: this.#stage };
    return { target: { ...target, move }, connection, namespace };
  }
}

function textOf({ kind, id, what, fields }: SideDifference): string {
  return `${kind} ${JSON.stringify(id)}: ${what}${fields === undefined ? '' : ` in ${fields.join(', ')}`}`;
}
