/** How a scenario picks streams and requests. */
import type { StreamStatus } from '../../../adapters/contract/index.ts';
import type { Operation, Workload } from '../../../adapters/protocol/types.ts';
import type { Power } from '../../evidence/model/power.ts';
import type { WorkRequest } from '../service/exports.ts';

/** What a plan depends on, beside the driver and the index. */
export interface Scale {
  readonly seed: number;
  readonly workload: Workload;
  readonly drivers: number;
  readonly services: number;
  /** Requests planned for all drivers together; an estimate when the run is bounded by time. */
  readonly operations: number;
}

export interface Mix<Name extends string = string> {
  /** `hot-stream` */
  readonly name: Name;
  /** What it sends, in one line of Markdown. */
  readonly summary: string;
  /** What it is for, in one line of Markdown. */
  readonly purpose: string;
  /** Used unless the options of a run say otherwise. */
  readonly workload: Workload;
  /** How many connections send one bundle together, each to another service. */
  senders(services: number): number;
  /**
   * How many streams the plan of so many operations needs. Where they are used up, some are created before the load, the
   * others while it goes on.
   */
  streams(scale: Scale): number;
  /** In which status streams are created: one after the other, and from the first again. Never empty. */
  statuses(workload: Workload): readonly StreamStatus[];
  /**
   * The plan: bundle `index` of `driver`, both from 0, as a pure function. In every stretch of it the shares of what
   * comes of requests are the same, so that streams that are used up are left behind for new ones.
   */
  plan(scale: Scale): (driver: number, index: number) => Bundle;
  /** Absent: no export jobs. */
  readonly exports?: {
    /** How many are created before the load. */
    jobs(scale: Scale): number;
    /** Milliseconds: the longest that a worker which was lost keeps its job. */
    readonly longestLeaseMs: number;
  };
  /** What a run must reach for an `ok` to count: only what the mix is about is named. */
  readonly minimums: Minimums;
}

export interface Minimums extends Partial<Omit<Power, 'crossProcessAttempts' | 'inProcessAttempts'>> {
  /** Pairs of requests for one stream: on two services where there are several, else on the one. */
  readonly attempts?: number;
}

/** Requests that a group of connections sends at once; it goes on when all are answered. */
export type Bundle = readonly PlannedRequest[];

export type PlannedRequest =
  | {
      readonly kind: 'effect';
      /** Which of the group's connections sends it; those of one sender go one after the other. */
      readonly sender: number;
      readonly operation: Operation;
      /** Number of the stream, from 0. */
      readonly stream: number;
      readonly key: string;
      /** Balance workload. */
      readonly amount?: string;
    }
  | { readonly kind: 'get'; readonly sender: number; readonly stream: number }
  | {
      readonly kind: 'scan';
      readonly sender: number;
      readonly list: 'streams' | 'activity';
      readonly limit: number;
    }
  /** A new export job. */
  | { readonly kind: 'export'; readonly sender: number; readonly job: string }
  /** A worker's turn. */
  | ({ readonly kind: 'work'; readonly sender: number } & WorkRequest)
  /** The URL of a job's file, if it has one. */
  | { readonly kind: 'download'; readonly sender: number; readonly job: string };
