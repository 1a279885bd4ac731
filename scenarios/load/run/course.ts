/** What happens during a load, if it is more than one fault after another. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DrivenService } from './control.ts';
import type { OnUnwritten } from '../../evidence/evidenceStream.ts';
import type { Fleet } from './fleet.ts';
import type { Generators } from './generators.ts';
import type { Hosting } from './hosting.ts';
import type { Side } from '../service/migrating.ts';
import { AUDITOR, type Opening } from './opening.ts';
import type { CourseRecord, RequestedLoad, ResolvedLoad } from './options.ts';
import type { Proxies } from './proxies.ts';
import type { StrikerEvent } from '../service/striker.ts';

export interface Course extends CourseRecord {
  /** Starts the storages, in place of the storage of a single target. */
  host(options: RequestedLoad): Promise<Hosting>;
  /** What a service that starts now opens. AUDITOR stands for the process that reads the storage after the load. */
  openingOf(service: number, namespace: string): Opening;
  /** Called with each report of a service. */
  told(event: StrikerEvent): void;
  /**
   * The load lasts until this resolves, which is soon after `signal` is aborted. Rejects if the load cannot continue.
   */
  run(field: CourseField, signal: AbortSignal): Promise<void>;
  /**
   * Called when no request is in progress any more, before the storage is read. Makes the contents of both sides equal,
   * so that each can be read on its own. Returns what went wrong, one line each.
   */
  settle(field: CourseField): Promise<string[]>;
  /** The sides that hold everything after `settle`. */
  readonly alike: readonly Side[];
  /** Ends what the course has started. */
  close(): Promise<void>;
}

export interface CourseField {
  readonly options: ResolvedLoad;
  readonly fleet: Fleet;
  readonly hosting: Hosting;
  readonly namespace: string;
  readonly driven: readonly DrivenService[];
  /** The run's start on the monotonic clock, in nanoseconds. */
  readonly epoch: bigint;
  readonly onUnwritten: OnUnwritten;
  /** See `pace` of Generators. */
  readonly pace: Generators['pace'];
}

/** Runs the course, and then stops the drivers. Resolves with the reason if the course could not be completed. */
export async function follow(
  course: Course | undefined,
  field: CourseField,
  over: AbortSignal,
  stop: () => void,
): Promise<string | undefined> {
  if (course === undefined) return undefined;
  try {
    // Gives the drivers, which have been told to begin, time to do so.
    await sleep(0);
    await course.run(field, over);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (!over.aborted) stop();
  }
}

/** What a process that starts now opens, by its number. If there are proxies, a service uses its proxy. */
export function openingsOf(
  course: Course | undefined,
  { target }: ResolvedLoad,
  place: { readonly hosting: Hosting; readonly namespace: string; readonly proxies: Proxies | undefined },
): (service: number) => Opening {
  const { hosting, namespace, proxies } = place;
  if (course !== undefined) return (service) => course.openingOf(service, namespace);
  const isDirect = (service: number): boolean => proxies === undefined || service === AUDITOR;
  return (service) => ({
    target,
    connection: isDirect(service) ? hosting.connection : (proxies as Proxies).connectionOf(service),
    namespace,
  });
}
