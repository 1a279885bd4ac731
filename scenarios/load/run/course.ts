/** What a load goes through while it is driven, where that is more than one fault after the other. */
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
  /** In the place of the storage of one target. */
  host(options: RequestedLoad): Promise<Hosting>;
  /** What a service opens that is started now; AUDITOR: the process that reads storage after the load. */
  openingOf(service: number, namespace: string): Opening;
  /** Called with what a service tells. */
  told(event: StrikerEvent): void;
  /** The load lasts until this resolves, soon after `signal` is aborted. Rejects when the load cannot go on. */
  run(field: CourseField, signal: AbortSignal): Promise<void>;
  /**
   * Once nothing is under way any more, before storage is read: makes both sides hold the same, so that each can be read by
   * itself. Returns what went wrong, one line each.
   */
  settle(field: CourseField): Promise<string[]>;
  /** Sides that hold everything once it has settled. */
  readonly alike: readonly Side[];
  /** Ends what it has started. */
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
  /** See Generators. */
  readonly pace: Generators['pace'];
}

/** Runs the course and has the drivers stopped then. Resolves with why it could not be run to its end, if so. */
export async function follow(
  course: Course | undefined,
  field: CourseField,
  over: AbortSignal,
  stop: () => void,
): Promise<string | undefined> {
  if (course === undefined) return undefined;
  try {
    // The drivers have been told to begin, and do so.
    await sleep(0);
    await course.run(field, over);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (!over.aborted) stop();
  }
}

/** What a process opens that is started now, by its number; a service through its proxy, if there are any. */
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
