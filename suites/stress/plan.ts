/** Plans which loads a stress run drives, and in which order: a pure function of its seed. */
import { FAULT_NAMES, faultOf, isOffered, type FaultName } from '../../scenarios/faults/catalog.ts';
import type { LoadedTarget } from '../../scenarios/host/index.ts';
import { MIXES, type MixName } from '../../scenarios/load/index.ts';
import { createRandom } from '../../scenarios/random.ts';

export interface PlannedLoad {
  /** The target as the user named it. */
  readonly target: string;
  readonly mix: MixName;
  /** Null: without a fault. */
  readonly fault: FaultName | null;
  readonly seed: number;
}

export type StressTarget = {
  readonly spec: string;
  /** Whether its storage lives in the process of its only service. */
  readonly isAlone?: boolean;
} & Pick<LoadedTarget, 'faults' | 'faultsOnServer' | 'network' | 'capabilities'>;

/** The range of seeds is that of the command line. */
const MAX_SEED = 0x7fff_ffff;

/**
 * The faults that a target offers, except those that strike its storage as well, if that lives in the process of its only
 * service: the target promises nothing after them.
 */
export function faultsFor(target: StressTarget): FaultName[] {
  return FAULT_NAMES.filter(
    (name) => isOffered(name, target) && !(target.isAlone === true && faultOf(name).strikesProcess === true),
  );
}

/** Every mix under every fault that a target offers, and without a fault. */
export function pairsOf(targets: readonly StressTarget[]): Omit<PlannedLoad, 'seed'>[] {
  return targets.flatMap((target) =>
    MIXES.filter((mix) => mix.exports === undefined || target.capabilities.exportClaims).flatMap((mix) =>
      [null, ...faultsFor(target)].map((fault) => ({ target: target.spec, mix: mix.name, fault })),
    ),
  );
}

/** An endless plan: round after round of all combinations. Each load has its own seed. */
export function* planStress(seed: number, targets: readonly StressTarget[]): Generator<PlannedLoad, never> {
  for (let round = 0; ; round += 1) {
    const random = createRandom(seed, round);
    for (const load of random.shuffled(pairsOf(targets))) yield { ...load, seed: random.integer(MAX_SEED) };
  }
}
