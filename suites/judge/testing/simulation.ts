/** What a synthetic run is made of. */
import type { Capabilities } from '../../../adapters/contract/index.ts';
import type { Operation, Workload } from '../../../adapters/protocol/types.ts';
import type { Power } from '../../../scenarios/evidence/model/power.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { HistoryArgs } from '../../../scenarios/evidence/model/history.ts';
import type { Random } from '../../../scenarios/random.ts';
import type { World } from './world.ts';

export interface SyntheticOptions {
  readonly seed: number;
  readonly operations: number;
  readonly workload: Workload;
  readonly services: number;
  readonly streams: number;
  readonly clients: number;
  readonly capabilities: Partial<Capabilities>;
  /** Every service has a storage and locks of its own, as with an adapter that lives in process memory. */
  readonly splitBrain: boolean;
  /** How often a request is a read, a scan, a repeat of an earlier one, or without a key. */
  readonly shares: {
    readonly get: number;
    readonly scan: number;
    readonly repeat: number;
    readonly keyless: number;
  };
  /** How often a request meets trouble: an answer that is lost, an unknown commit, a crash, an error. */
  readonly trouble: number;
  readonly minimums: Power;
}

/** What a synthetic client asks for. */
export interface Plan {
  readonly f: Operation;
  readonly stream: string;
  readonly token: string | undefined;
  readonly args: HistoryArgs;
}

/** A run as it goes on. */
export interface Simulation {
  readonly options: SyntheticOptions;
  readonly atomic: boolean;
  readonly random: Random;
  /** One a service; all the same one unless the brain is split. */
  readonly worlds: readonly World[];
  readonly journals: JournalEntry[][];
  nextSection: number;
  /** Plans that were sent, for repeats. */
  readonly sent: Plan[];
}
