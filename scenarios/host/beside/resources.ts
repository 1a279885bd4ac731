/** What keeps this process alive: timers, sockets, watchers, requests to the system that are under way. */
import { readdirSync, readlinkSync } from 'node:fs';

export type Resources = ReadonlyMap<string, number>;

/** Where Linux lists the descriptors of this process. */
const DESCRIPTORS = '/proc/self/fd';

/** How many of each kind there are now. */
export function activeResources(): Resources {
  return counted(process.getActiveResourcesInfo());
}

/** The active resources, who listens to the process itself, and, where the system tells, the open descriptors by kind. */
export function heldResources(): Resources {
  return counted([...process.getActiveResourcesInfo(), ...listeners(), ...descriptors()]);
}

/** How many timers there are now beyond those in `before`, if nothing else has grown; else undefined. */
export function onlyTimersGrown(before: Resources): number | undefined {
  const now = activeResources();
  for (const [kind, count] of now)
    if (kind !== 'Timeout' && count > (before.get(kind) ?? 0)) return undefined;
  return Math.max(0, (now.get('Timeout') ?? 0) - (before.get('Timeout') ?? 0));
}

function counted(kinds: readonly string[]): Resources {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** One for each listener: they keep what they refer to, and Node.js warns of many. */
function listeners(): string[] {
  return process
    .eventNames()
    .flatMap((event) =>
      Array<string>(process.listenerCount(event)).fill(`listener to the process's event ${String(event)}`),
    );
}

function descriptors(): string[] {
  try {
    return readdirSync(DESCRIPTORS).flatMap((name) => descriptorKind(name) ?? []);
  } catch {
    return [];
  }
}

/** Undefined: it is closed by now, as the one is that the list was read through. */
function descriptorKind(name: string): string | undefined {
  let target: string;
  try {
    target = readlinkSync(`${DESCRIPTORS}/${name}`);
  } catch {
    return undefined;
  }
  if (target.startsWith('socket:')) return 'open socket';
  if (target.startsWith('pipe:')) return 'open pipe';
  return target.startsWith('/') ? 'open file' : 'open descriptor';
}
