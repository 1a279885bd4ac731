/** Runs the loads under faults of a certification. Each runs once, one after another, on its own service. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clause, Surface } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import { isOffered, isTargetFault, type Offered } from '../../scenarios/faults/catalog.ts';
import { whySpared } from '../../scenarios/faults/sparing.ts';
import type { TargetReference } from '../../scenarios/host/index.ts';
import { hasCode, LockstepError } from '../../scenarios/lockstepError.ts';
import { UNAVAILABLE } from '../../scenarios/unavailable.ts';
import { uncheckable } from '../harness/failing/reasons.ts';
import type { Subject } from '../harness/engine/property.ts';
import type { FaultClause } from './clauses.ts';
import { trialOf, type FaultTrial, type TrialName } from './trials.ts';
import {
  decideByTrials,
  weaknessOf,
  type Decided,
  type JudgedTrial,
  type RuledTrial,
  type TrialResult,
} from './verdict.ts';

export interface TrialRunnerOptions {
  readonly target: TargetReference;
  readonly pg: string;
  /** See ServerRights. */
  readonly allowFaultsOnServer: boolean;
  readonly seed: number;
  /** The number of service processes. 1 if the adapter's instances do not share storage. */
  readonly services: number;
  readonly offered: Offered;
  /** The surfaces of the adapter. */
  readonly surfaces: readonly Surface[];
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
  /** The folder for the evidence. Absent: the evidence is removed after it was judged. */
  readonly evidence?: string;
}

const CONNECTIONS = 16;
/** The shortest duration of a load, in milliseconds. */
const MIN_MS = 2000;
/** If too little could have gone wrong in a load, it is driven again, this many times as long. */
const LONGER = 4;

export class TrialRunner {
  readonly #options: TrialRunnerOptions;
  readonly #results = new Map<TrialName, Promise<TrialResult>>();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(options: TrialRunnerOptions) {
    this.#options = options;
  }

  /** The number of service processes of its loads. */
  get services(): number {
    return this.#options.services;
  }

  /** Never rejects. */
  async decide(clause: Clause, definition: FaultClause, subject: Subject): Promise<Decided> {
    const trials: RuledTrial[] = [];
    for (const { name, rules } of definition.trials(subject)) {
      trials.push({ result: await this.#result(name), rules });
      // A violation is final, whatever the other trials would show.
      if (decideByTrials(clause, trials).status === 'violated') break;
    }
    return decideByTrials(clause, trials);
  }

  #result(name: TrialName): Promise<TrialResult> {
    let result = this.#results.get(name);
    if (result === undefined) {
      const trial = trialOf(name);
      // If they ran at the same time, they would disturb each other's measurements.
      result = this.#tail.then(() => this.#run(trial));
      this.#tail = result;
      this.#results.set(name, result);
    }
    return result;
  }

  async #run(trial: FaultTrial): Promise<TrialResult> {
    const { signal, evidence, now } = this.#options;
    const lacking = whatIsLacking(trial, this.#options);
    if (lacking !== undefined) return { trial, status: 'not-run', reason: lacking };
    const spared = whySpared(trial.fault, this.#options.offered, this.#options);
    if (spared !== undefined) {
      const reason = `${trial.fault} ${UNAVAILABLE}${spared}`;
      return { trial, status: 'unverified', reason };
    }
    if (signal?.aborted === true) return { trial, status: 'error', reason: 'interrupted' };
    const kept = evidence === undefined ? undefined : join(evidence, trial.name);
    const out = kept ?? (await mkdtemp(join(tmpdir(), 'lockstep-trial-')));
    const startedAt = now();
    try {
      let judged = await this.#judge(trial, out, MIN_MS);
      // The machine may have been slow.
      if (weaknessOf(judged) !== undefined && judged.judgement.verdict === 'inconclusive') {
        await rm(out, { recursive: true });
        judged = await this.#judge(trial, out, LONGER * MIN_MS);
      }
      return { ...judged, durationMs: Math.round(now() - startedAt) };
    } catch (error) {
      if (hasCode(error, 'INTERRUPTED')) return { trial, status: 'error', reason: 'interrupted' };
      return { trial, status: 'error', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      if (kept === undefined) await rm(out, { recursive: true, force: true });
    }
  }

  async #judge(trial: FaultTrial, out: string, durationMs: number): Promise<JudgedTrial> {
    await this.#load(trial, out, durationMs);
    const { judgeEvidence } = await import('../judging/judgeEvidence.ts');
    const { signal } = this.#options;
    const { header, strikes, judgement } = await judgeEvidence(out, { signal });
    const failure = header.storageFailure;
    if (failure !== undefined) throw new LockstepError('STORAGE_FAILED', uncheckable(failure));
    return {
      trial,
      durationMs,
      judgement,
      services: this.#options.services,
      struck: strikes.filter(({ at }) => at !== undefined).length,
      missed: strikes.flatMap(({ missed }) => missed ?? []),
    };
  }

  async #load(
    { fault, mix, strikes, points, blackholeMs, clockAhead }: FaultTrial,
    out: string,
    durationMs: number,
  ): Promise<void> {
    const { target, pg, allowFaultsOnServer, seed, services, signal } = this.#options;
    // Loaded on demand, because most certifications drive no load.
    const { runLoad } = await import('../../scenarios/load/index.ts');
    await runLoad({
      target,
      pg,
      allowFaultsOnServer,
      mix,
      services,
      drivers: 1,
      connections: CONNECTIONS,
      seed,
      out,
      durationMs,
      faults: {
        names: [fault],
        strikes,
        ...defined({ points, blackholeMs, clockAhead }),
      },
      ...defined({ signal }),
    });
  }
}

const LOADED: readonly Surface[] = ['locks', 'streams'];

/** What the target lacks for the trial. */
function whatIsLacking(
  { fault }: FaultTrial,
  { offered, surfaces }: Pick<TrialRunnerOptions, 'offered' | 'surfaces'>,
): string | undefined {
  const surface = LOADED.find((needed) => !surfaces.includes(needed));
  if (surface !== undefined)
    return `a load settles streams under their locks, but the adapter has no surface ${surface}`;
  if (isOffered(fault, offered)) return undefined;
  return isTargetFault(fault) ? `the target offers no fault "${fault}"` : 'the target offers no network';
}
