/** Reports processes that an adapter left running. */
import { takeLeftBehind } from '../../scenarios/process/index.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** The most processes to name individually. */
const MAX_NAMED = 5;

export function tellLeftBehind(terminal: Terminal): void {
  const left = takeLeftBehind();
  for (const { pid, command, ended } of left.slice(0, MAX_NAMED)) {
    const what = ended ? 'it was ended' : 'it runs on, since another user owns it: end it yourself';
    terminal.error(`! the adapter had left a process running, ${command} (pid ${pid}): ${what}`);
  }
  if (left.length > MAX_NAMED) terminal.error(`! and ${left.length - MAX_NAMED} more processes`);
}
