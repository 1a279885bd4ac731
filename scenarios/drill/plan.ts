/** What a drill goes through, and what strikes it on the way: a pure function of the seed and of what the sides are. */
import type { Stage } from '../../adapters/contract/index.ts';
import { isAtCommit, pointsOf } from '../faults/plan.ts';
import type { FaultName, StrikePoint } from '../faults/catalog.ts';
import type { Side } from '../load/migrating.ts';
import { createRandom, type Random } from '../random.ts';

/** What a step does. */
export type Act =
  /** Every instance is moved to the stage; with `outdated` one service stays that knows of the old side alone. */
  | { readonly kind: 'stage'; readonly stage: Stage; readonly outdated?: true }
  /** Everything is copied that was there before. */
  | { readonly kind: 'backfill' }
  /** What is owed is copied, and the sides are compared. */
  | { readonly kind: 'compare' };

/** What strikes a whole side, or whoever runs the move. */
export const TROUBLES = ['refused', 'silent', 'slow', 'operator-killed'] as const;
export type Trouble = (typeof TROUBLES)[number];

export interface PlannedStep {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  readonly way: 'forward' | 'back';
  readonly act: Act;
  /** What strikes the section of a service, and on which side its network is struck. */
  readonly strike?: { readonly fault: FaultName; readonly point: StrikePoint; readonly side: Side };
  /** What strikes the side that does not decide, or the operator. */
  readonly trouble?: Trouble;
}

export interface Abilities {
  /** Whether services share the storages, so that they can be killed and replaced. */
  readonly shared: boolean;
  /** Sides whose network can be struck, and those of them where a commit is recognised. */
  readonly network: readonly Side[];
  readonly commits: readonly Side[];
}

const PATH: readonly Pick<PlannedStep, 'name' | 'way' | 'act'>[] = [
  { name: 'before', way: 'forward', act: { kind: 'stage', stage: 'before', outdated: true } },
  {
    name: 'bridged beside old versions',
    way: 'forward',
    act: { kind: 'stage', stage: 'bridged', outdated: true },
  },
  { name: 'bridged', way: 'forward', act: { kind: 'stage', stage: 'bridged' } },
  { name: 'dual', way: 'forward', act: { kind: 'stage', stage: 'dual' } },
  { name: 'backfill', way: 'forward', act: { kind: 'backfill' } },
  { name: 'compare', way: 'forward', act: { kind: 'compare' } },
  { name: 'cut-over', way: 'forward', act: { kind: 'stage', stage: 'cut-over' } },
  { name: 'back to dual', way: 'back', act: { kind: 'stage', stage: 'dual' } },
  { name: 'back to bridged', way: 'back', act: { kind: 'stage', stage: 'bridged' } },
  { name: 'back to before', way: 'back', act: { kind: 'stage', stage: 'before', outdated: true } },
  { name: 'bridged again', way: 'forward', act: { kind: 'stage', stage: 'bridged' } },
  { name: 'dual again', way: 'forward', act: { kind: 'stage', stage: 'dual' } },
  { name: 'backfill again', way: 'forward', act: { kind: 'backfill' } },
  { name: 'compare again', way: 'forward', act: { kind: 'compare' } },
  { name: 'cut-over again', way: 'forward', act: { kind: 'stage', stage: 'cut-over' } },
];

/** Keeps the plan's random numbers apart from those of the drivers. */
const STREAM_OF_RANDOM = 0xd211;

/** `strikes`: whether anything strikes. */
export function planDrill(seed: number, abilities: Abilities, strikes: boolean): PlannedStep[] {
  const random = createRandom(seed, STREAM_OF_RANDOM);
  const strikesInTurn = inTurn(random, strikesOf(abilities));
  const troublesInTurn = inTurn(random, troublesOf(abilities));
  let isJoined = false;
  return PATH.map((step, index) => {
    const planned = { number: index + 1, ...step };
    if (step.act.kind === 'stage') isJoined = step.act.stage !== 'before' && step.act.outdated !== true;
    if (!strikes) return planned;
    // Nobody uses the new side before every instance does.
    const strike = strikesInTurn(({ side }) => isJoined || side === 'old');
    const trouble = isJoined ? troublesInTurn((one) => suits(one, step.act)) : undefined;
    return {
      ...planned,
      ...(strike === undefined ? {} : { strike }),
      ...(trouble === undefined ? {} : { trouble }),
    };
  });
}

type PlannedStrike = NonNullable<PlannedStep['strike']>;

function strikesOf({ shared, network, commits }: Abilities): PlannedStrike[] {
  const possible = ({ fault, point, side }: PlannedStrike): boolean => {
    if (isAtCommit(point) && !commits.includes(side)) return false;
    if (fault === 'cut-connection' || fault === 'blackhole') return network.includes(side);
    // A service whose storage is its own memory has lost everything with its process.
    return shared && !(side === 'new' && !isAtCommit(point));
  };
  const all = FAULTS.flatMap((fault) =>
    pointsOf(fault, {}).flatMap((point) => SIDES_STRUCK.map((side) => ({ fault, point, side }))),
  );
  return all.filter(possible);
}

const FAULTS = ['kill-holder', 'freeze-holder', 'cut-connection', 'blackhole'] as const;
const SIDES_STRUCK: readonly Side[] = ['old', 'new'];

function troublesOf({ shared, network }: Abilities): Trouble[] {
  return TROUBLES.filter((trouble) => (trouble === 'operator-killed' ? shared : network.includes('new')));
}

/** The operator is killed where it is at work; a backfill that never ends for want of a side is no drill. */
function suits(trouble: Trouble, { kind }: Act): boolean {
  return trouble === 'operator-killed' ? kind === 'backfill' : true;
}

/** One after the other, each as often as the others, in an order of the seed; those that do not suit are put off. */
function inTurn<T>(random: Random, all: readonly T[]): (suits: (one: T) => boolean) => T | undefined {
  let waiting: T[] = [];
  return (suits) => {
    if (!waiting.some(suits)) waiting = [...waiting, ...random.shuffled(all)];
    const at = waiting.findIndex(suits);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
}
