/** What a load goes through while it is driven, where that is more than one fault after the other. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandOverTime } from '../evidence.ts';
import type { FaultName } from '../faults/catalog.ts';
import type { DrivenService } from './control.ts';
import type { OnUnwritten } from './evidenceStream.ts';
import type { Fleet } from './fleet.ts';
import type { Hosting } from './hosting.ts';
import type { Opening } from './opening.ts';
import type { RequestedLoad, ResolvedLoad } from './options.ts';
import type { StrikerEvent } from './striker.ts';

export interface Course {
  /** How often each fault is to strike. */
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** When the authority moved from one storage to another. */
  readonly handOvers: readonly HandOverTime[];
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
