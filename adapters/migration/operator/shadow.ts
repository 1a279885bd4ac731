/** Shadow reads: what instances saw when they read both sides while reads moved. */
import type { RegisteredInstance } from '../../contract/index.ts';
import type { Gate } from './gates.ts';

type Shadowed = readonly Pick<RegisteredInstance, 'shadowed' | 'shadowDifferences'>[];

export interface ShadowGrowth {
  readonly shadowed: number;
  readonly shadowDiffered: number;
}

/** How many shadow reads were made in between. Instances may have come and gone. */
export function shadowGrowth(before: Shadowed, now: Shadowed): ShadowGrowth {
  const sum = (all: Shadowed, name: keyof Shadowed[number]): number =>
    all.reduce((total, one) => total + one[name], 0);
  const growth = (name: keyof Shadowed[number]): number => Math.max(0, sum(now, name) - sum(before, name));
  return { shadowed: growth('shadowed'), shadowDiffered: growth('shadowDifferences') };
}

/** The gate that does not pass: shadow reads differed, and so do `count` records. */
export function shadowGate(differing: number, { shadowed, shadowDiffered }: ShadowGrowth): Gate {
  return {
    name: 'comparison',
    passed: false,
    figures: { shadowed, shadowDiffered, differences: differing, allowed: 0 },
    says: `${shadowDiffered} of ${shadowed} reads that were made on both sides differ, and of the records ${differing}; allowed are 0`,
    todo: 'Go back with --rollback if clients saw something wrong. The step backfill makes the sides equal.',
  };
}
