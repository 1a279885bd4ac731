/** What a mix is: how a load picks streams and requests. */
import type { StreamStatus } from '../../../adapters/contract/index.ts';
import type { Operation, Workload } from '../../../adapters/protocol/types.ts';
import type { Power } from '../../evidence/model/power.ts';
import type { WorkRequest } from '../service/exports.ts';

/** What a plan depends on, apart from the driver and the index. */
export interface Scale {
  readonly seed: number;
  readonly workload: Workload;
  readonly drivers: number;
  readonly services: number;
  /** The number of requests planned for all drivers together. An estimate if the run is limited by time. */
  readonly operations: number;
}

export interface Mix<Name extends string = string> {
  /** `hot-stream` */
  readonly name: Name;
  /** What the mix sends, in one line of Markdown. */
  readonly summary: string;
  /** What the mix is for, in one line of Markdown. */
  readonly purpose: string;
  /** The workload, unless the options of a run name another one. */
  readonly workload: Workload;
  /** How many connections send one bundle together, each to another service. */
  senders(services: number): number;
  /**
   * How many streams the plan needs for this many operations. If streams are used up, some are created before the load
   * and the others during it.
   */
  streams(scale: Scale): number;
  /** The statuses in which streams are created, in turn. Never empty. */
  statuses(workload: Workload): readonly StreamStatus[];
  /**
   * The plan: bundle `index` of `driver`, both from 0, as a pure function. Every stretch of it leads to the same shares
   * of outcomes, so used-up streams are left for new ones.
   */
  plan(scale: Scale): (driver: number, index: number) => Bundle;
  /** Absent: the mix has no export jobs. */
  readonly exports?: {
    /** How many jobs are created before the load. */
    jobs(scale: Scale): number;
    /** The longest time that a lost worker keeps its job, in milliseconds. */
    readonly longestLeaseMs: number;
  };
  /** The power that a run must reach for an `ok` to count. Only what the mix is about is named. */
  readonly minimums: Minimums;
}

export interface Minimums extends Partial<Omit<Power, 'crossProcessAttempts' | 'inProcessAttempts'>> {
  /** Pairs of requests for one stream: on two services if there are several, else on the only one. */
  readonly attempts?: number;
}

/** Requests that a group of connections sends at once. The group continues when all are answered. */
export type Bundle = readonly PlannedRequest[];

export type PlannedRequest =
  | {
      readonly kind: 'effect';
      /** Which of the group's connections sends it. A sender sends its requests one after another. */
      readonly sender: number;
      readonly operation: Operation;
      /** The number of the stream, from 0. */
      readonly stream: number;
      readonly key: string;
      /** Only in the balance workload. */
      readonly amount?: string;
    }
  | { readonly kind: 'get'; readonly sender: number; readonly stream: number }
  | {
      readonly kind: 'scan';
      readonly sender: number;
      readonly list: 'streams' | 'activity';
      readonly limit: number;
    }
  /** Requests a new export job. */
  | { readonly kind: 'export'; readonly sender: number; readonly job: string }
  /** Makes a worker take a turn. */
  | ({ readonly kind: 'work'; readonly sender: number } & WorkRequest)
  /** Downloads the file of a job, if it has one. */
  | { readonly kind: 'download'; readonly sender: number; readonly job: string };
