/**
 * What instances leave behind in a process once they are closed. What a process makes once, such as a cache with its
 * timer, is none of it: only what grows with every instance is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { StorageAdapter } from '../../../adapters/contract/index.ts';
import { nextTurn } from '../process/bounded.ts';
import { heldResources, type Resources } from './resources.ts';

export interface Leak {
  /** Number of the process. */
  readonly process: number;
  /** As Node.js names what keeps a process alive, for example `TCPServerWrap`; `open …` for descriptors. */
  readonly kind: string;
  /** How many instances were opened and closed while it grew, and by how much. */
  readonly instances: number;
  readonly growth: number;
}

/** What a process held while none of its instances was open. */
export interface Sample {
  /** Instances that were opened by then. */
  readonly opened: number;
  readonly resources: Resources;
}

/** So often in a row it must have grown. */
const GROWTHS = 4;
/** How long what is being closed is waited for, and how often it is looked at, in milliseconds. */
const SETTLE_MS = 300;
const LOOK_AGAIN_MS = 10;

/** What grew from each of the last samples to the next. They are in the order in which they were taken. */
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

/** Watches one process. */
export class LeakWatch {
  readonly #process: number;
  #samples: Sample[] = [];

  constructor(process_: number) {
    this.#process = process_;
  }

  /** Call it when no instance is open. What is only being closed is waited for, within a bound. */
  async look(opened: number): Promise<Leak[]> {
    const before = this.#samples.at(-1);
    if (before?.opened === opened) return [];
    const resources = await settled(before?.resources);
    this.#samples = [...this.#samples.slice(-GROWTHS), { opened, resources }];
    const leaks = leaksIn(this.#samples, this.#process);
    // The next one is told of by what comes after this one.
    if (leaks.length > 0) this.#samples = this.#samples.slice(-1);
    return leaks;
  }
}

/**
 * What instances of one namespace leave behind, found out by opening and closing some more of them. `open` gives one. A
 * process may keep what belongs to a namespace, a connection to its file, say: that does not grow here.
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

/** Opens an instance, reads through it, as some open their connections when they are used first, and closes it. */
async function isUsed(open: () => Promise<StorageAdapter>): Promise<boolean> {
  try {
    const adapter = await open();
    await adapter.streamRepository?.streams?.scan({ limit: 1 });
    await adapter.close();
    return true;
  } catch {
    // A storage that cannot be had any more says nothing of leaks.
    return false;
  }
}

async function settled(before: Resources | undefined): Promise<Resources> {
  // A socket that was closed is gone one turn later.
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
