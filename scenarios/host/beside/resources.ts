/** What keeps this process alive: timers, sockets, watchers and pending requests to the system. */
import { readdirSync, readlinkSync } from 'node:fs';

export type Resources = ReadonlyMap<string, number>;

/** The folder in which Linux lists the descriptors of this process. */
const DESCRIPTORS = '/proc/self/fd';

/** The number of active resources, by kind. */
export function activeResources(): Resources {
  return counted(process.getActiveResourcesInfo());
}

/** The active resources, the listeners on `process`, and the open descriptors by kind where the system lists them. */
export function heldResources(): Resources {
  return counted([...process.getActiveResourcesInfo(), ...listeners(), ...descriptors()]);
}

/** How many more timers there are than in `before`. Undefined if anything else has grown. */
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

/** One entry per listener. Listeners keep objects alive, and Node.js warns about many. */
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

/** Undefined if it is closed by now, like the descriptor through which the list was read. */
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
