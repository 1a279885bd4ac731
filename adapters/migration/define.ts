/** Makes one target of two: the old storage, the new one, and the migration between them. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  codeOf,
  DEFAULT_CAPABILITIES,
  defineTarget,
  type Capabilities,
  type Json,
  type MigrationSide,
  type Stage,
  type StartedService,
  type StorageAdapter,
  type TargetDefinition,
} from '../contract/index.ts';
import { createMigratingAdapter } from './adapter.ts';

export interface MigrationTargetOptions {
  readonly name: string;
  readonly old: TargetDefinition;
  readonly new: TargetDefinition;
  /** The stage in which instances start. Default `dual`, so that an adapter is certified which writes to both sides. */
  readonly stage?: Stage;
  /** Whether instances obey the orders of `instruct`. Default false: each instance is moved separately. */
  readonly follow?: boolean;
  /**
   * The side that decides as soon as the first instance of a namespace is open. That instance calls `begin` and, for the new
   * side, `handOver`. Clauses are then checked in that direction. Such a target lacks the surface `migration` and its clauses.
   * Default: the move does not begin.
   */
  readonly decides?: MigrationSide;
}

interface Connections {
  readonly old: Json;
  readonly new: Json;
}

/** Throws TypeError, as defineTarget does. */
export function migrationTarget({
  name,
  old,
  new: other,
  stage = 'dual',
  follow = false,
  decides,
}: MigrationTargetOptions): TargetDefinition {
  return defineTarget({
    name,
    version: `${old.version ?? '0.0.0'}-${other.version ?? '0.0.0'}`,
    capabilities: capabilitiesOf(old, other),
    start: async (options) => {
      const first = (await old.start?.(options)) ?? {};
      try {
        const second = (await other.start?.(options)) ?? {};
        return started(first, second);
      } catch (error) {
        await first.stop?.();
        throw error;
      }
    },
    async open(options) {
      const { old: first, new: second } = connectionsIn(options.connection);
      const opened = await old.open({ ...options, ...sideOf('old', options.namespace), connection: first });
      try {
        const target = await other.open({
          ...options,
          ...sideOf('new', options.namespace),
          connection: second,
        });
        const adapter = createMigratingAdapter({ old: opened, new: target, stage, follow });
        if (decides === undefined) return adapter;
        await makeDecide(adapter, decides);
        // Clauses of the surface `migration` begin a move themselves, but this one has begun.
        const { migration: _, ...begun } = adapter;
        return begun;
      } catch (error) {
        await opened.close();
        throw error;
      }
    },
    async destroy({ connection, namespace }) {
      const { old: first, new: second } = connectionsIn(connection);
      await other.destroy?.({ ...sideOf('new', namespace), connection: second });
      await old.destroy?.({ ...sideOf('old', namespace), connection: first });
    },
  });
}

/** Instances that are opened at the same time may all try. One of them succeeds. */
async function makeDecide({ migration }: StorageAdapter, side: MigrationSide): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      if ((await migration?.begin())?.decides === side) return;
      await migration?.handOver(side, { drainMs: DRAIN_MS });
      return;
    } catch (error) {
      if (codeOf(error) !== 'CONFLICT' || tries === TRIES) throw error;
      await sleep(BETWEEN_TRIES_MS);
    }
  }
}

const DRAIN_MS = 5000;
const TRIES = 100;
const BETWEEN_TRIES_MS = 100;

/** The sides may be two namespaces of one storage. */
function sideOf(side: 'old' | 'new', namespace: string): { readonly namespace: string } {
  const name = `${namespace}_${side}`;
  if (name.length <= LONGEST) return { namespace: name };
  const hash = createHash('sha256').update(namespace).digest('hex');
  return { namespace: `${hash.slice(0, LONGEST - side.length - 1)}_${side}` };
}

/** The longest name of a namespace. */
const LONGEST = 40;

function connectionsIn(connection: Json): Connections {
  return (connection ?? { old: null, new: null }) as unknown as Connections;
}

function started(first: StartedService, second: StartedService): StartedService {
  return {
    connection: { old: first.connection ?? null, new: second.connection ?? null },
    environment: { old: first.environment ?? null, new: second.environment ?? null },
    notes: [...(first.notes ?? []), ...(second.notes ?? [])],
    async stop() {
      await second.stop?.();
      await first.stop?.();
    },
  };
}

/** What both sides have. Where the old side decides alone, what that side has. */
function capabilitiesOf(old: TargetDefinition, other: TargetDefinition): Partial<Capabilities> {
  const first = { ...DEFAULT_CAPABILITIES, ...old.capabilities };
  const second = { ...DEFAULT_CAPABILITIES, ...other.capabilities };
  return {
    crossInstance: first.crossInstance && second.crossInstance,
    atomic: first.atomic,
    durable: first.durable,
    lockTimeout: first.lockTimeout && second.lockTimeout,
    ttl: first.ttl && second.ttl,
    idempotencyClaims: first.idempotencyClaims,
    exportClaims: first.exportClaims,
  };
}
