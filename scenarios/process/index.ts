/** Child processes: starting and supervising them, and the child's own side. */
export { spawnChild, type Child, type ChildOptions, type Exit } from './child.ts';
export { buildId, compiledEntry } from './entry.ts';
export { lineChannel, type LineChannel, type LineListener } from './lines.ts';
export { parentChannel, startWatchdog, type Watchdog } from './parent.ts';
