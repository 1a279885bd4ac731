/** CPU time of other processes, read from /proc on Linux. Unknown elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The unit of /proc in microseconds: a hundredth of a second on every machine that Linux runs on. */
const TICK_MICROS = 10_000;
/**
 * The places of these fields after the name in /proc/PID/stat: the parent, and user time of the process and of its
 * ended children. System time follows each.
 */
const [PARENT, OWN, CHILDREN] = [1, 11, 13];

interface Stat {
  readonly parent: number;
  readonly own: number;
  readonly ended: number;
}

function statOf(pid: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const sum = (at: number): number => ((fields[at] ?? 0) + (fields[at + 1] ?? 0)) * TICK_MICROS;
    return { parent: fields[PARENT] as number, own: sum(OWN), ended: sum(CHILDREN) };
  } catch {
    return undefined;
  }
}

/** Of children of this process that have ended, in microseconds. */
export function endedChildrenMicros(): number | undefined {
  return statOf('self')?.ended;
}

/** Of the server with its data in `directory` and of all its processes, including those that have ended. */
export function serverMicros(directory: string): number | undefined {
  const [pid = ''] = readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n');
  const server = statOf(pid);
  if (server === undefined) return undefined;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .reduce((sum, stat) => (stat?.parent === Number(pid) ? sum + stat.own : sum), server.own + server.ended);
}
