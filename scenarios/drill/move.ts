/** The fleet of a drill and how far it has moved: what each service opens, and how all of them are moved on. */
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  BackfillProgress,
  Comparison,
  Json,
  RepairProgress,
  SideDifference,
  Stage,
} from '../../adapters/contract/index.ts';
import type { TargetReference } from '../host/index.ts';
import type { Fleet } from '../load/fleet.ts';
import type { Side } from '../load/migrating.ts';
import { AUDITOR, type Opening } from '../load/opening.ts';
import { Operator } from './operator.ts';
import { connectionOf, type HostedSides } from './sides.ts';

export interface MoveOptions {
  readonly hosted: HostedSides;
  /** The module that makes one target of both. */
  readonly target: Pick<TargetReference, 'spec' | 'url'>;
  readonly services: number;
  readonly namespace: string;
  /** Whether services share the storages. */
  readonly shared: boolean;
}

/** Records that are copied at once. */
const BATCH = 100;
const COMPARED_AT_MOST = 20;
const MOVE_MS = 60_000;
const PAUSE_MS = 100;
/** A difference that is there after so many repairs rests. */
const COMPARISONS = 4;

export class Move {
  readonly #options: MoveOptions;
  readonly operator: Operator;
  #fleet: Fleet | undefined;
  #stage: Stage = 'before';
  /** The service that knows of the old side alone. */
  #outdated: number | undefined;

  constructor(options: MoveOptions) {
    const { services, shared } = options;
    this.#options = options;
    this.#outdated = shared && services > 1 ? services : undefined;
    this.operator = new Operator({
      service: shared ? undefined : () => this.#running.worker(1),
      openingOf: () => this.#moving(services + 1),
      number: services + 1,
    });
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

  /** Where the records of one side are: as migrationTarget has it for names that are not too long. */
  namespaceOf(side: Side): string {
    return `${this.#options.namespace}_${side}`;
  }

  /** Moves every instance; `outdated`: but for one, which knows of the old side alone. */
  async to(stage: Stage, outdated: boolean): Promise<Record<string, Json>> {
    const { services, shared } = this.#options;
    const last = shared && services > 1 ? services : undefined;
    this.#stage = stage;
    for (let service = 1; service <= services; service += 1) {
      const wasOutdated = service === this.#outdated;
      const isOutdated = outdated && service === last;
      if (wasOutdated !== isOutdated) {
        this.#outdated = isOutdated ? service : undefined;
        await this.#running.deploy(service);
      } else if (!isOutdated) await this.#moveTo(service, stage);
    }
    if (this.operator.isApart) await this.operator.call('moveTo', stage);
    return { instances: services, outdated: outdated && last !== undefined ? 1 : 0 };
  }

  /** Copies everything that was there before, from where it was left. `onBatch` is told of every batch. */
  async backfill(onBatch: () => void): Promise<Record<string, Json>> {
    let [examined, copied] = [0, 0];
    for (;;) {
      const batch = this.operator.call<BackfillProgress>('backfill', BATCH);
      onBatch();
      const progress = await batch;
      examined += progress.examined;
      copied += progress.copied;
      if (progress.done) return { examined, copied };
    }
  }

  /** Copies what is owed until nothing is, and compares, until nothing differs or what differs rests. */
  async compare(): Promise<{ compared: number; owed: number; repaired: number; differences: string[] }> {
    let repaired = 0;
    for (let round = 1; ; round += 1) {
      const done = await this.operator.call<RepairProgress>('repair', BATCH);
      repaired += done.repaired;
      const { compared, owed, differences } = await this.operator.call<Comparison>(
        'compare',
        COMPARED_AT_MOST,
      );
      if ((owed === 0 && differences.length === 0) || round === COMPARISONS)
        return { compared, owed, repaired, differences: differences.map(textOf) };
      await sleep(PAUSE_MS);
    }
  }

  async #moveTo(service: number, stage: Stage): Promise<void> {
    await this.#running.worker(service).call({ do: 'migrate', member: 'moveTo', args: [stage] }, MOVE_MS);
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
