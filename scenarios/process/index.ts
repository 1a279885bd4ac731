/** Child processes: starting and supervising them, and the child's own side. */
export { endChildren, spawnChild, type Child, type Exit } from './child.ts';
export { buildId, compiledEntry } from './entry.ts';
export { endOwnGroup, isOrphan, takeLeftBehind } from './leftBehind.ts';
export { parentChannel, startWatchdog } from './parent.ts';
export { CHANNEL_DESCRIPTOR } from './shared.ts';
export { UTC, zoneOf } from './zones.ts';
export { skewClock, trueNow } from './skewedClock.ts';
