/**
 * Detects what closed instances leave behind in a process. What a process creates once, such as a cache with its timer,
 * does not count: only what grows with every instance does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter } from '../../../adapters/contract/index.ts';
import { nextTurn } from '../process/bounded.ts';
import { heldResources, type Resources } from './resources.ts';

export interface Leak {
  /** The number of the process. */
  readonly process: number;
  /**
   * The name that Node.js gives to what keeps the process alive, for example `TCPServerWrap`; `open …` for descriptors.
   */
  readonly kind: string;
  /** The number of instances that were opened and closed while it grew, and the growth. */
  readonly instances: number;
  readonly growth: number;
}

/** The resources of a process while none of its instances was open. */
export interface Sample {
  /** The number of instances opened so far. */
  readonly opened: number;
  readonly resources: Resources;
}

/** A kind counts as a leak after it has grown this often in a row. */
const GROWTHS = 4;
/** How long to wait for resources that are still being closed, and how often to check, in milliseconds. */
const SETTLE_MS = 300;
const LOOK_AGAIN_MS = 10;

/** The kinds that grew from each of the last samples to the next. `samples` are in the order of time. */
export function leaksIn(samples: readonly Sample[], process_: number): Leak[] {
  const last = samples.slice(-(GROWTHS + 1));
  const [from, to] = [last[0], last.at(-1)];
  if (from === undefined || to === undefined || last.length <= GROWTHS) return [];
  return [...to.resources.keys()].flatMap((kind) => {
    const counts = last.map(({ resources }) => resources.get(kind) ?? 0);
    const grows = counts.every((count, index) => index === 0 || count > (counts[index - 1] ?? 0));
    if (!grows) return [];
    const growth = (counts.at(-1) ?? 0) - (counts[0] ?? 0);
    return [{ process: process_, kind, instances: to.opened - from.opened, growth }];
  });
}

/** Watches one process for leaks. */
export class LeakWatch {
  readonly #process: number;
  #samples: Sample[] = [];

  constructor(process_: number) {
    this.#process = process_;
  }

  /**
   * Takes a sample. Call it while no instance is open. Waits for a bounded time for resources that are still being
   * closed.
   */
  async look(opened: number): Promise<Leak[]> {
    const before = this.#samples.at(-1);
    if (before?.opened === opened) return [];
    const resources = await settled(before?.resources);
    this.#samples = [...this.#samples.slice(-GROWTHS), { opened, resources }];
    const leaks = leaksIn(this.#samples, this.#process);
    // The next leak counts from this sample on.
    if (leaks.length > 0) this.#samples = this.#samples.slice(-1);
    return leaks;
  }
}

/**
 * What instances of one namespace leave behind: opens and closes some more of them with `open`. What a process keeps
 * per namespace, such as a connection to its file, does not grow here.
 */
export async function leaksOfMore(open: () => Promise<StorageAdapter>, process_: number): Promise<Leak[]> {
  const watch = new LeakWatch(process_);
  for (let opened = 0; opened <= GROWTHS; opened += 1) {
    const leaks = await watch.look(opened);
    if (leaks.length > 0) return leaks;
    if (opened < GROWTHS && !(await isUsed(open))) return [];
  }
  return [];
}

/** Opens an instance, reads through it, because some adapters connect on first use, and closes it. */
async function isUsed(open: () => Promise<StorageAdapter>): Promise<boolean> {
  try {
    const adapter = await open();
    await adapter.streamRepository?.streams?.scan({ limit: 1 });
    await adapter.close();
    return true;
  } catch {
    // If the storage is no longer available, this says nothing about leaks.
    return false;
  }
}

async function settled(before: Resources | undefined): Promise<Resources> {
  // A closed socket disappears one turn of the event loop later.
  for (let turn = 0; turn < 2; turn += 1) await nextTurn();
  const until = performance.now() + SETTLE_MS;
  for (;;) {
    const now = heldResources();
    if (before === undefined || !hasGrown(before, now) || performance.now() >= until) return now;
    await sleep(LOOK_AGAIN_MS, undefined, { ref: false });
  }
}

function hasGrown(before: Resources, now: Resources): boolean {
  return [...now].some(([kind, count]) => count > (before.get(kind) ?? 0));
}
