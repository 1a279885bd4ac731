/** The process of one service: starting it, closing it, and how it ended. */
import type { BesideEntry } from '../../evidence.ts';
import { hasCode } from '../../lockstepError.ts';
import { zoneOf, type Exit } from '../../process/index.ts';
import { Worker } from './channel.ts';
import type { ServiceClosed, ServiceCommand } from './control.ts';
import { answered, CLOSED } from '../service/serviceSays.ts';

export const CLOSE_MS = 15_000;

/** The signals by which a process ends because of its own code. Any other signal was sent by somebody else. */
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

/** `number`: the number of the service. It decides the time zone of the process. */
export function startService(
  name: string,
  number: number,
  onEvent?: (event: unknown) => void,
): Worker<ServiceCommand> {
  return new Worker<ServiceCommand>(name, 'scenarios/load/service/service', onEvent, { TZ: zoneOf(number) });
}

/** The end of a process as an error, if nobody else ended it. */
export function endOf({ name, exit, endedByItself }: Worker<ServiceCommand>): BesideEntry[] {
  if (exit === undefined || !endedByItself || !OWN_SIGNALS.includes(exit.signal)) return [];
  return [{ where: inSentence(name), kind: 'end of the process', text: howEnded(exit) }];
}

export function inSentence(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Returns the errors outside any call that are not in a journal. Undefined: the process could not answer. */
export async function closeService(worker: Worker<ServiceCommand>): Promise<ServiceClosed | undefined> {
  try {
    if (worker.exit === undefined)
      return answered(worker, CLOSED, await worker.call<unknown>({ do: 'close' }, CLOSE_MS));
    return undefined;
  } catch (error) {
    // The process is ended by force below. The suites judge a close that hangs.
    if (!hasCode(error, 'WORKER_FAILED')) throw error;
    return undefined;
  } finally {
    await worker.end();
  }
}
