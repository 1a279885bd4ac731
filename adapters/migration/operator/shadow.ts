/** What reads that instances made on both sides have shown while reads moved. */
import type { RegisteredInstance } from '../../contract/index.ts';
import type { Gate } from './gates.ts';

type Shadowed = readonly Pick<RegisteredInstance, 'shadowed' | 'shadowDifferences'>[];

export interface ShadowGrowth {
  readonly shadowed: number;
  readonly shadowDiffered: number;
}

/** Reads that were made on both sides in between. Instances come and go. */
export function shadowGrowth(before: Shadowed, now: Shadowed): ShadowGrowth {
  const sum = (all: Shadowed, name: keyof Shadowed[number]): number =>
    all.reduce((total, one) => total + one[name], 0);
  const growth = (name: keyof Shadowed[number]): number => Math.max(0, sum(now, name) - sum(before, name));
  return { shadowed: growth('shadowed'), shadowDiffered: growth('shadowDifferences') };
}

/** The gate that is short where reads differed and records do, too: so many of them. */
export function shadowGate(differing: number, { shadowed, shadowDiffered }: ShadowGrowth): Gate {
  return {
    name: 'comparison',
    passed: false,
    figures: { shadowed, shadowDiffered, differences: differing, allowed: 0 },
    says: `${shadowDiffered} of ${shadowed} reads that were made on both sides differ, and of the records ${differing}; allowed are 0`,
    todo: 'Go back with --rollback if clients saw something wrong. The step backfill makes the sides equal.',
  };
}
