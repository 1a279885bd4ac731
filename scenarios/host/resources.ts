/** What keeps this process alive: timers, sockets, watchers, requests to the system that are under way. */

export type Resources = ReadonlyMap<string, number>;

/** How many of each kind there are now. */
export function activeResources(): Resources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/** How many timers there are now beyond those in `before`, if nothing else has grown; else undefined. */
export function onlyTimersGrown(before: Resources): number | undefined {
  const now = activeResources();
  for (const [kind, count] of now)
    if (kind !== 'Timeout' && count > (before.get(kind) ?? 0)) return undefined;
  return Math.max(0, (now.get('Timeout') ?? 0) - (before.get('Timeout') ?? 0));
}

/** The kinds of which there are more now than in `before`. */
export function grown(before: Resources): string[] {
  return [...activeResources()].flatMap(([kind, count]) => (count > (before.get(kind) ?? 0) ? [kind] : []));
}
