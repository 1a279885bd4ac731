/** What a drill goes through, and what strikes it on the way: a pure function of the seed and of what the sides are. */
import type { Stage } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import type { FaultName } from '../faults/catalog.ts';
import { pointsOf } from '../faults/plan.ts';
import { isAtCommit, type StrikePoint } from '../faults/points.ts';
import type { Side } from '../load/service/migrating.ts';
import { createRandom, type Random } from '../random.ts';

/** What a step does. */
export type Action =
  /** Every instance is moved to the stage; with `outdated` one service stays that knows of the old side alone. */
  | { readonly kind: 'stage'; readonly stage: Stage; readonly outdated?: true }
  /** Everything is copied that was there before. */
  | { readonly kind: 'backfill' }
  /** What is owed is copied, and the sides are compared. */
  | { readonly kind: 'compare' }
  /** The new side answers so many percent of all reads. */
  | { readonly kind: 'reads'; readonly percent: number }
  /** From now on the storages say who may write to them. */
  | { readonly kind: 'begin' }
  /** The other side is to decide, so many times one after the other: an odd number. */
  | { readonly kind: 'hand-over'; readonly times: number }
  /** The new side decides for good, and nothing is copied any more. */
  | { readonly kind: 'finish' };

/** What strikes the network of the side that does not decide, and what its storage. */
const NETWORK_TROUBLES = ['refused', 'silent', 'slow'] as const;
const STORAGE_TROUBLES = ['read-only', 'disk-full', 'refused-records'] as const;
export type NetworkTrouble = (typeof NETWORK_TROUBLES)[number];
export type StorageTrouble = (typeof STORAGE_TROUBLES)[number];
/** What strikes a whole side, or whoever runs the move. The side that decides is `restarted`. */
export type Trouble = NetworkTrouble | StorageTrouble | 'restarted' | 'operator-killed';

export interface PlannedStep {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  readonly way: 'forward' | 'back';
  readonly action: Action;
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
  /** Sides whose storage can be made to refuse writes, and those where it can be made to crash. */
  readonly refusing: readonly Side[];
  readonly restarting: readonly Side[];
  /** Whether both sides can be told who may write to them. */
  readonly authority: boolean;
}

export interface DrillPlan {
  readonly seed: number;
  /** Whether anything strikes. */
  readonly strikes: boolean;
  /** How often the authority moves in each of its steps: an odd number. */
  readonly handOvers: number;
}

type Way = Pick<PlannedStep, 'name' | 'way' | 'action'>;

const BEFORE: Action = { kind: 'stage', stage: 'before', outdated: true };

/** `handOvers`: how often the authority moves in each of its steps; 0: it cannot. */
function pathOf(handOvers: number): readonly Way[] {
  const handOver: Action = { kind: 'hand-over', times: handOvers };
  const where = (name: string, action: Action): Way[] =>
    handOvers === 0 ? [] : [{ name, way: 'forward', action }];
  return [
    { name: 'before', way: 'forward', action: BEFORE },
    ...where('begin', { kind: 'begin' }),
    {
      name: 'bridged beside old versions',
      way: 'forward',
      action: { kind: 'stage', stage: 'bridged', outdated: true },
    },
    { name: 'bridged', way: 'forward', action: { kind: 'stage', stage: 'bridged' } },
    ...upwards(''),
    ...where('hand over', handOver),
    ...where('hand back', handOver).map((step) => ({ ...step, way: 'back' }) as const),
    { name: 'back to dual', way: 'back', action: { kind: 'stage', stage: 'dual' } },
    { name: 'back to bridged', way: 'back', action: { kind: 'stage', stage: 'bridged' } },
    { name: 'back to before', way: 'back', action: BEFORE },
    { name: 'bridged again', way: 'forward', action: { kind: 'stage', stage: 'bridged' } },
    ...upwards(' again'),
    ...where('hand over again', handOver),
    ...where('finish', { kind: 'finish' }),
  ];
}

/** From `bridged` to reads that have moved. */
function upwards(again: string): Way[] {
  const steps: readonly (readonly [string, Action])[] = [
    ['dual', { kind: 'stage', stage: 'dual' }],
    ['backfill', { kind: 'backfill' }],
    ['compare', { kind: 'compare' }],
    ['half of the reads', { kind: 'reads', percent: 50 }],
    ['cut-over', { kind: 'stage', stage: 'cut-over' }],
  ];
  return steps.map(([name, action]) => ({ name: `${name}${again}`, way: 'forward', action }));
}

/** Keeps the plan's random numbers apart from those of the drivers. */
const STREAM_OF_RANDOM = 0xd211;

export function planDrill({ seed, strikes, handOvers }: DrillPlan, abilities: Abilities): PlannedStep[] {
  const random = createRandom(seed, STREAM_OF_RANDOM);
  const strikesInTurn = inTurn(random, strikesOf(abilities));
  const troublesInTurn = inTurn(random, troublesOf(abilities));
  let isJoined = false;
  let isCopied = false;
  let other: Side = 'new';
  return pathOf(abilities.authority ? handOvers : 0).map((step, index) => {
    const planned = { number: index + 1, ...step };
    const { action } = step;
    if (action.kind === 'stage') isJoined = action.stage !== 'before' && action.outdated !== true;
    const troubled = other;
    if (action.kind === 'hand-over') other = otherSide(other);
    if (!strikes) return planned;
    const isFinished = action.kind === 'finish';
    const trouble =
      isJoined && !isFinished
        ? troublesInTurn((one) => suits(one, action, isCopied) && isWithin(one, troubled, abilities))
        : undefined;
    if (action.kind === 'stage') isCopied = isCopyingAt(action.stage);
    // Nobody uses the new side before every instance does, and nobody waits for a side that is in trouble.
    const isTroubled = trouble !== undefined && trouble !== 'operator-killed';
    const used: readonly Side[] = isTroubled ? [otherSide(troubled)] : isJoined ? SIDES_STRUCK : ['old'];
    const strike = strikesInTurn(({ side }) => (isFinished ? side === 'new' : used.includes(side)));
    return { ...planned, ...defined({ strike, trouble }) };
  });
}

function otherSide(side: Side): Side {
  return side === 'new' ? 'old' : 'new';
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

function troublesOf({ shared, network, refusing, restarting }: Abilities): Trouble[] {
  return [
    ...(network.length === 0 ? [] : NETWORK_TROUBLES),
    ...(refusing.length === 0 ? [] : STORAGE_TROUBLES),
    ...(restarting.length === 0 ? [] : (['restarted'] as const)),
    ...(shared ? (['operator-killed'] as const) : []),
  ];
}

/** Whether it can be brought about; `other`: the side that does not decide. */
function isWithin(trouble: Trouble, other: Side, { network, refusing, restarting }: Abilities): boolean {
  if (trouble === 'operator-killed') return true;
  if (trouble === 'restarted') return restarting.includes(otherSide(other));
  return (isOfStorage(trouble) ? refusing : network).includes(other);
}

export function isOfStorage(trouble: Trouble): trouble is StorageTrouble {
  return (STORAGE_TROUBLES as readonly Trouble[]).includes(trouble);
}

/**
 * The operator is killed where it is at work. Writes are refused where there are any, and single records while the backfill
 * copies them.
 */
function suits(trouble: Trouble, action: Action, isCopied: boolean): boolean {
  const { kind } = action;
  if (trouble === 'operator-killed') return kind === 'backfill' || kind === 'hand-over';
  if (trouble === 'refused-records') return kind === 'backfill';
  // A step back may end the copies before anybody has met the trouble.
  const staysCopied = isCopied && (action.kind !== 'stage' || isCopyingAt(action.stage));
  return isOfStorage(trouble) ? staysCopied : true;
}

function isCopyingAt(stage: Stage): boolean {
  return stage === 'dual' || stage === 'cut-over';
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
