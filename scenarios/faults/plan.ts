/** Plans when which fault strikes which service: a pure function of the seed. */
import { createRandom } from '../random.ts';
import { faultOf, type FaultName } from './catalog.ts';
import type { PlacedStrike } from './fault.ts';
import { isAtCommit, type StrikePoint } from './points.ts';

export interface PlannedStrike extends PlacedStrike {
  readonly fault: FaultName;
  /** How many of the service's requests pass the point first, counted from the end of the previous strike. */
  readonly after: number;
}

export interface StrikePlan {
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** The number of strikes of each fault. */
  readonly strikes: number;
  readonly services: number;
  /** Whether commits can be recognized, so that they can be struck. */
  readonly knowsCommits: boolean;
  /** See pointsOf. */
  readonly points: readonly StrikePoint[] | undefined;
}

/** Keeps the plan's random numbers apart from those of the drivers. */
const STREAM_OF_RANDOM = 0x5721;
const MIN_AFTER = 2;
const MORE_AFTER = 12;

/**
 * One fault after another, in rounds. Each fault goes through its points in turn, beginning with one that the seed
 * picks.
 */
export function planStrikes(plan: StrikePlan): PlannedStrike[] {
  const { seed, faults, strikes, services, knowsCommits } = plan;
  const random = createRandom(seed, STREAM_OF_RANDOM);
  const turns = faults.map((fault) => {
    const possible = (point: StrikePoint): boolean => knowsCommits || !isAtCommit(point);
    const chosen = pointsOf(fault, plan).filter(possible);
    const points = chosen.length === 0 ? faultOf(fault).points.filter(possible) : chosen;
    return { fault, points, first: random.integer(points.length) };
  });
  const planned: PlannedStrike[] = [];
  for (let round = 0; round < strikes; round += 1) {
    for (const { fault, points, first } of turns) {
      planned.push({
        number: planned.length + 1,
        fault,
        point: points[(first + round) % points.length] as StrikePoint,
        service: 1 + random.integer(services),
        after: MIN_AFTER + random.integer(MORE_AFTER),
      });
    }
  }
  return planned;
}

/** The chosen points of the fault. All its points, if none was chosen or none of the chosen ones can be struck. */
export function pointsOf(
  fault: FaultName,
  { points }: { readonly points?: readonly StrikePoint[] | undefined },
): readonly StrikePoint[] {
  return faultOf(fault).points.filter((point) => points?.includes(point) ?? true);
}
