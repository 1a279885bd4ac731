/** How a scenario picks streams and requests. */
import type { StreamStatus } from '../../../adapters/contract/index.ts';
import type { Operation, Workload } from '../../../adapters/protocol/types.ts';
import type { Power } from '../../evidence.ts';

export const MIX_NAMES = [
  'uniform',
  'zipfian',
  'hot-stream',
  'duplicate-storm',
  'settle-withdraw-race',
  'scan-while-writing',
] as const;
export type MixName = (typeof MIX_NAMES)[number];

/** What a plan depends on, beside the driver and the index. */
export interface Scale {
  readonly seed: number;
  readonly workload: Workload;
  readonly drivers: number;
  readonly services: number;
  /** Requests planned for all drivers together; an estimate when the run is bounded by time. */
  readonly operations: number;
}

export interface Mix {
  readonly name: MixName;
  /** For people, one line. */
  readonly summary: string;
  /** Used unless the options of a run say otherwise. */
  readonly workload: Workload;
  /** How many connections send one bundle together, each to another service. */
  lanes(services: number): number;
  /** How many streams are created before the load. */
  streams(scale: Scale): number;
  /** The status of stream `number` before the load. */
  status(number: number, workload: Workload): StreamStatus;
  /** The plan: bundle `index` of `driver`, both from 0, as a pure function. */
  plan(scale: Scale): (driver: number, index: number) => Bundle;
  /** What a run must reach for an `ok` to count. */
  readonly minimums: Power;
}

/** Requests that a group of connections sends at once; it goes on when all are answered. */
export type Bundle = readonly PlannedRequest[];

export type PlannedRequest =
  | {
      readonly kind: 'effect';
      /** Which of the group's connections sends it; those of one lane go one after the other. */
      readonly lane: number;
      readonly operation: Operation;
      /** Number of the stream, from 0. */
      readonly stream: number;
      readonly key: string;
      /** Balance workload. */
      readonly amount?: string;
    }
  | { readonly kind: 'get'; readonly lane: number; readonly stream: number }
  | {
      readonly kind: 'scan';
      readonly lane: number;
      readonly list: 'streams' | 'activity';
      readonly limit: number;
    };
