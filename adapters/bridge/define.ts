/** Turns a synchronous store into a target. */
import {
  defineTarget,
  NoTargetError,
  parseTarget,
  RisingClock,
  type Awaitable,
  type Capabilities,
  type OpenOptions,
  type SettlementAbilities,
  type StorageAdapter,
  type TargetDefinition,
} from '../contract/index.ts';
import { defined } from '../contract/defined.ts';
import { createInstance } from './adapter.ts';
import { providedClauses } from './provided.ts';
import type { PersistenceStore } from './store.ts';

/**
 * What a store behind the bridge may declare. It cannot have the other capabilities, because its interface has no
 * place for them.
 */
export type BridgedCapabilities = Pick<
  Capabilities,
  'atomic' | 'crossInstance' | 'durable' | 'ttl' | 'recoveryMs'
>;

type Settle<S> = (store: S, request: Parameters<OwnSettle>[1]) => ReturnType<OwnSettle>;
type OwnSettle = NonNullable<NonNullable<TargetDefinition['protocol']>['settle']>;

/** A bridged store as its author writes it; members not named here are those of a target. */
export interface BridgeDefinition<S extends PersistenceStore> extends Pick<
  TargetDefinition,
  'name' | 'version' | 'start' | 'destroy' | 'codec'
> {
  /**
   * Opens the store of a namespace. Called once per namespace and process; the instances there share the store. With
   * `crossInstance`, called once per instance. A namespace is requested again only after it was destroyed.
   */
  open(options: OpenOptions): Awaitable<S>;
  /** Default: none. Every declared capability is tested. */
  readonly capabilities?: Partial<BridgedCapabilities>;
  /** The author's own settlement over the store. See TargetDefinition. */
  readonly protocol?: Partial<SettlementAbilities> & {
    readonly settle?: Settle<S>;
    readonly withdraw?: Settle<S>;
  };
}

/** An open store, and what else its instances share. */
interface Shared<S> {
  readonly store: S;
  readonly stamps: RisingClock;
}

/**
 * Turns a synchronous store into a target. The bridge does what the store's interface lacks, and declares these clauses
 * as provided, so that only the store's own work counts.
 *
 * @throws NoTargetError (a TypeError), as defineTarget does.
 *
 * @example
 * ```ts
 * export default bridgeTarget({ name: 'mine', open: () => ({ streams: new Map(), idempotency: new Map() }) });
 * ```
 */
export function bridgeTarget<S extends PersistenceStore>(definition: BridgeDefinition<S>): TargetDefinition {
  const problems = problemsOf(definition);
  if (problems.length > 0) throw new NoTargetError('a bridged store', problems);
  const { capabilities = {}, protocol, destroy, ...rest } = definition;
  const { crossInstance = false, atomic = false, ttl = false } = capabilities;
  const { settle: _settle, withdraw: _withdraw, ...abilities } = protocol ?? {};
  const stores = new Stores(definition, crossInstance);
  const opened = new WeakMap<StorageAdapter, S>();
  const own = {
    cursors: rest.codec?.encodeCursor !== undefined || rest.codec?.decodeCursor !== undefined,
    protocol: protocol?.settle !== undefined || protocol?.withdraw !== undefined,
    crossInstance,
    atomic,
  };
  const settling = (settle: Settle<S>): OwnSettle => {
    return (adapter, request) => settle(opened.get(adapter) as S, request);
  };
  return defineTarget({
    ...rest,
    capabilities,
    provided: providedClauses(own),
    async open(options) {
      const { store, stamps } = await stores.of(options);
      const adapter = createInstance({ store, stamps, clock: options.clock, atomic, ttl });
      opened.set(adapter, store);
      return adapter;
    },
    async destroy(options) {
      stores.forget(options.namespace);
      await destroy?.call(definition, options);
    },
    ...defined({
      protocol: protocol && {
        ...abilities,
        ...defined({
          settle: protocol.settle && settling(protocol.settle),
          withdraw: protocol.withdraw && settling(protocol.withdraw),
        }),
      },
    }),
  });
}

const BRIDGED: readonly (keyof BridgedCapabilities)[] = [
  'atomic',
  'crossInstance',
  'durable',
  'ttl',
  'recoveryMs',
];

/** Finds problems in the author's definition. In the target that is made from it, functions are wrapped. */
function problemsOf<S extends PersistenceStore>(definition: BridgeDefinition<S>): string[] {
  const parsed = parseTarget(definition);
  if ('problems' in parsed) return [...parsed.problems];
  const foreign = Object.keys(definition.capabilities ?? {}).filter(
    (name) => !(BRIDGED as readonly string[]).includes(name),
  );
  return foreign.map(
    (name) =>
      `capabilities.${name}: expected only ${BRIDGED.join(', ')}; the seam of a bridged store has no place for others`,
  );
}

/** The stores by namespace. A process has one store per namespace, unless instances share by other means. */
class Stores<S extends PersistenceStore> {
  readonly #definition: BridgeDefinition<S>;
  readonly #anew: boolean;
  readonly #byNamespace = new Map<string, Promise<Shared<S>>>();

  constructor(definition: BridgeDefinition<S>, anew: boolean) {
    this.#definition = definition;
    this.#anew = anew;
  }

  of(options: OpenOptions): Promise<Shared<S>> {
    const known = this.#anew ? undefined : this.#byNamespace.get(options.namespace);
    if (known !== undefined) return known;
    const opening = this.#open(options);
    if (this.#anew) return opening;
    this.#byNamespace.set(options.namespace, opening);
    // The next open tries again.
    opening.catch(() => this.#byNamespace.delete(options.namespace));
    return opening;
  }

  forget(namespace: string): void {
    this.#byNamespace.delete(namespace);
  }

  async #open(options: OpenOptions): Promise<Shared<S>> {
    const store = await this.#definition.open(options);
    await store.ready?.();
    return { store, stamps: new RisingClock() };
  }
}
