/**
 * Trouble with one side of a migration, whatever its storage is: calls of the migrating adapter to that side are
 * refused, held back or delayed. The side's methods are replaced in place, because the adapter already holds a
 * reference to the side.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { StorageError, type StorageAdapter, type WriterAdapter } from '../../adapters/contract/index.ts';
import type { Side, Trouble } from './language/program.ts';

type Callable = (this: unknown, ...args: readonly unknown[]) => unknown;
type Members = Record<string, unknown>;

/**
 * Calls that a program makes to a side directly are exempt from trouble, and so are calls that a side makes to itself.
 */
const past = new AsyncLocalStorage<boolean>();

export function pastTrouble<T>(action: () => T): T {
  return past.run(true, action);
}

const READS = /^(get|list|scan|ids|count|checksum|now|since|idSum)$/;
/** Methods whose callback gets a view. The calls through the view are struck individually. */
const OPENS = 'withLock';

interface Called {
  readonly name: string;
  /** The store's name on the side. */
  readonly store: string;
  readonly args: readonly unknown[];
}

/** One side whose methods have been replaced. */
class TroubledSide {
  #trouble: Trouble | undefined;
  #passed = 0;
  #struck = 0;
  #free: (() => void)[] = [];
  readonly #known = new WeakSet();

  constructor(side: StorageAdapter) {
    this.#whole(side);
    this.#between(side.authority, 'authority');
  }

  #whole({ streamRepository, idempotencyStore, exportRepository, bulk }: WriterAdapter): void {
    const { streams, users, activity } = streamRepository ?? {};
    const { jobs, audit } = exportRepository ?? {};
    const stores = { streams, users, activity, idempotency: idempotencyStore, jobs, audit, bulk };
    this.#between(streamRepository, 'locks');
    this.#between(bulk?.changes, 'bulk');
    for (const [name, store] of Object.entries(stores)) this.#between(store, name);
  }

  begin(trouble: Trouble): void {
    this.heal();
    this.#trouble = trouble;
    this.#passed = 0;
    this.#struck = 0;
  }

  /** Ends the trouble and lets delayed calls continue. Returns how many calls were struck. */
  heal(): number {
    this.#trouble = undefined;
    for (const free of this.#free.splice(0)) free();
    return this.#struck;
  }

  #between(holder: unknown, store: string): void {
    if (typeof holder !== 'object' || holder === null || this.#known.has(holder)) return;
    this.#known.add(holder);
    for (const name of methodsOf(holder)) this.#replace(holder as Members, name, store);
  }

  #replace(holder: Members, name: string, store: string): void {
    const method = holder[name] as Callable;
    const strike = (...args: readonly unknown[]): unknown =>
      this.#strike({ name, store, args }, method, holder);
    Object.defineProperty(holder, name, { value: strike, configurable: true, writable: true });
  }

  #strike({ name, store, args: given }: Called, method: Callable, holder: unknown): unknown {
    const args = name === OPENS ? this.#withTroubledView(given) : given;
    const call = (): unknown => pastTrouble(() => method.apply(holder, [...args]));
    if (name === 'as') return this.#writer(call());
    const trouble = this.#trouble;
    if (trouble === undefined || past.getStore() === true || !meets(trouble, { name, store, args: given }))
      return call();
    this.#passed += 1;
    const at = this.#passed - (trouble.after ?? 0);
    if (at < 1 || at > (trouble.times ?? Infinity)) return call();
    this.#struck += 1;
    return this.#struckCall(trouble, call);
  }

  async #struckCall({ how, ms = 0 }: Trouble, call: () => unknown): Promise<unknown> {
    switch (how) {
      case 'refused':
        throw new StorageError(
          'UNAVAILABLE',
          'The storage refuses this call for a while. Nothing was changed.',
        );
      case 'rejected':
        throw new StorageError('INVALID_RECORD', 'The storage takes no such record. Nothing was changed.');
      case 'late':
        // Only every second call is delayed, so that calls can overtake each other.
        if (this.#struck % 2 === 1) await sleep(ms);
        return call();
      case 'silent':
        await new Promise<void>((resolve) => this.#free.push(resolve));
        return call();
      default:
        return how satisfies never;
    }
  }

  #withTroubledView([id, callback, ...rest]: readonly unknown[]): readonly unknown[] {
    if (typeof callback !== 'function') return [id, callback, ...rest];
    const run = callback as (view: object) => unknown;
    return [id, (view: object) => past.run(false, () => run(this.#troubled(view, 'view'))), ...rest];
  }

  #writer(handle: unknown): unknown {
    if (typeof handle === 'object' && handle !== null) this.#whole(handle as WriterAdapter);
    return handle;
  }

  /** A view and its stores with the same trouble. The view may be frozen or refer to itself. */
  #troubled<T extends object>(object: T, store: string): T {
    return new Proxy(object, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value === 'function')
          return (...args: readonly unknown[]) =>
            this.#strike({ name: String(name), store, args }, value as Callable, target);
        const isStore = typeof value === 'object' && value !== null && !(value instanceof AbortSignal);
        return isStore ? this.#troubled(value, String(name)) : value;
      },
    });
  }
}

function meets({ of, naming, store }: Trouble, called: Called): boolean {
  const { name, args } = called;
  if (store !== undefined && called.store !== store && (called.store !== 'bulk' || args[0] !== store))
    return false;
  if (naming !== undefined && !JSON.stringify(args.filter(isData))?.includes(naming)) return false;
  if (of === 'all') return true;
  return name !== OPENS && READS.test(name) === (of === 'reads');
}

function isData(value: unknown): boolean {
  return typeof value !== 'function';
}

/** The object's own methods and those of its class. */
function methodsOf(holder: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = holder;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  )
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name);
  return [...names].filter((name) => {
    const property: unknown = (holder as Members)[name];
    return typeof property === 'function';
  });
}

const TROUBLED = new WeakMap<object, TroubledSide>();

/** Begins trouble with that side of a migrating adapter. Throws TypeError if the side's methods cannot be replaced. */
export function beginTrouble(adapter: StorageAdapter, side: Side, trouble: Trouble): void {
  const other = adapter.migration?.[side];
  if (other === undefined) throw new TypeError(`Expected a migration with an ${side} side; there is none.`);
  const troubled = TROUBLED.get(other) ?? new TroubledSide(other);
  TROUBLED.set(other, troubled);
  troubled.begin(trouble);
}

/** Ends all trouble with that side. Returns how many calls were struck. */
export function endTrouble(adapter: StorageAdapter, side: Side): number {
  const other = adapter.migration?.[side];
  return (other === undefined ? undefined : TROUBLED.get(other))?.heal() ?? 0;
}
