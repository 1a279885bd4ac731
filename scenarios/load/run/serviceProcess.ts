/** The process of one service: how it is started and closed, and how it ended. */
import type { BesideEntry } from '../../evidence.ts';
import { hasCode } from '../../lockstepError.ts';
import { zoneOf, type Exit } from '../../process/index.ts';
import { Worker } from './channel.ts';
import type { ServiceClosed, ServiceCommand } from './control.ts';
import { answered, CLOSED } from '../service/serviceSays.ts';

export const CLOSE_MS = 15_000;

/** By which a process ends for what its own code did; any other is sent by somebody else. */
const OWN_SIGNALS: readonly (NodeJS.Signals | null)[] = [
  null,
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
];

export function howEnded({ error, signal, code }: Exit): string {
  return error ?? signal ?? `exit status ${code}`;
}

/** `number`: which of the processes it is, beside other services. */
export function startService(
  name: string,
  number: number,
  onEvent?: (event: unknown) => void,
): Worker<ServiceCommand> {
  return new Worker<ServiceCommand>(name, 'scenarios/load/service/service', onEvent, { TZ: zoneOf(number) });
}

/** The end of a process that ended by itself, unless somebody else ended it. */
export function endOf({ name, exit, endedByItself }: Worker<ServiceCommand>): BesideEntry[] {
  if (exit === undefined || !endedByItself || !OWN_SIGNALS.includes(exit.signal)) return [];
  return [{ where: inSentence(name), kind: 'end of the process', text: howEnded(exit) }];
}

export function inSentence(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Returns what came beside the calls and stands in no journal; undefined: it could not tell. */
export async function closeService(worker: Worker<ServiceCommand>): Promise<ServiceClosed | undefined> {
  try {
    if (worker.exit === undefined)
      return answered(worker, CLOSED, await worker.call<unknown>({ do: 'close' }, CLOSE_MS));
    return undefined;
  } catch (error) {
    // It is ended by force below; a close that hangs is the suites' business.
    if (!hasCode(error, 'WORKER_FAILED')) throw error;
    return undefined;
  } finally {
    await worker.end();
  }
}
