/** The steps of a drill and what strikes them: a pure function of the seed and of what the sides can do. */
import type { Stage } from '../../adapters/contract/index.ts';
import { defined } from '../../adapters/contract/defined.ts';
import type { FaultName } from '../faults/catalog.ts';
import { pointsOf } from '../faults/plan.ts';
import { isAtCommit, type StrikePoint } from '../faults/points.ts';
import type { Side } from '../load/service/migrating.ts';
import { createRandom, type Random } from '../random.ts';

/** What a step does. */
export type Action =
  /** Moves every instance to the stage. With `outdated` one service remains that knows only the old side. */
  | { readonly kind: 'stage'; readonly stage: Stage; readonly outdated?: true }
  /** Copies everything that was stored before. */
  | { readonly kind: 'backfill' }
  /** Copies what is owed, and compares the sides. */
  | { readonly kind: 'compare' }
  /** Lets the new side answer this percentage of all reads. */
  | { readonly kind: 'reads'; readonly percent: number }
  /** Begins the move: from then on each storage decides which writers it accepts. */
  | { readonly kind: 'begin' }
  /** Hands the authority over to the side `to`, and back, and so on. `times` is odd, so that it decides in the end. */
  | { readonly kind: 'hand-over'; readonly to: Side; readonly times: number }
  /** Ends the move: the new side decides permanently, and nothing is copied any more. */
  | { readonly kind: 'finish' };

/** What strikes the network, or the storage, of the side that does not decide. */
const NETWORK_TROUBLES = ['refused', 'silent', 'slow'] as const;
const STORAGE_TROUBLES = ['read-only', 'disk-full', 'refused-records'] as const;
export type NetworkTrouble = (typeof NETWORK_TROUBLES)[number];
export type StorageTrouble = (typeof STORAGE_TROUBLES)[number];
/** Trouble of a whole side, or a kill of the operator. Only `restarted` strikes the deciding side. */
export type Trouble = NetworkTrouble | StorageTrouble | 'restarted' | 'operator-killed';

export interface PlannedStep {
  /** The number of the step, from 1. */
  readonly number: number;
  readonly name: string;
  readonly way: 'forward' | 'back';
  readonly action: Action;
  /** The fault that strikes a section of a service, and the side whose storage it concerns. */
  readonly strike?: { readonly fault: FaultName; readonly point: StrikePoint; readonly side: Side };
  /** The trouble of the side that does not decide, or of the operator. */
  readonly trouble?: Trouble;
  /** Whether a hand over is first requested while the side that is to decide refuses some copies. */
  readonly isAskedOwing?: true;
}

export interface Abilities {
  /** Whether services share the storages. Then they can be killed and replaced. */
  readonly shared: boolean;
  /** Sides whose network can be struck, and those of them whose commits can be recognised in the traffic. */
  readonly network: readonly Side[];
  readonly commits: readonly Side[];
  /** Sides whose storage can be made to refuse writes, and those whose storage can be restarted. */
  readonly refusing: readonly Side[];
  readonly restarting: readonly Side[];
  /** Whether both sides have the surface `authority`. */
  readonly authority: boolean;
}

export interface DrillPlan {
  readonly seed: number;
  /** Whether any faults strike. */
  readonly strikes: boolean;
  /** How often each hand-over step moves the authority: an odd number. */
  readonly handOvers: number;
}

type Way = Pick<PlannedStep, 'name' | 'way' | 'action'>;

const BEFORE: Action = { kind: 'stage', stage: 'before', outdated: true };

/** `handOvers` is how often each hand-over step moves the authority. 0: the authority cannot move. */
function pathOf(handOvers: number): readonly Way[] {
  const handOver = (to: Side): Action => ({ kind: 'hand-over', to, times: handOvers });
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
    ...where('hand over', handOver('new')),
    ...where('hand back', handOver('old')).map((step) => ({ ...step, way: 'back' }) as const),
    { name: 'back to dual', way: 'back', action: { kind: 'stage', stage: 'dual' } },
    { name: 'back to bridged', way: 'back', action: { kind: 'stage', stage: 'bridged' } },
    { name: 'back to before', way: 'back', action: BEFORE },
    { name: 'bridged again', way: 'forward', action: { kind: 'stage', stage: 'bridged' } },
    ...upwards(' again'),
    ...where('hand over again', handOver('new')),
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
  const { refusing } = abilities;
  let isJoined = false;
  let isCopied = false;
  let other: Side = 'new';
  return pathOf(abilities.authority ? handOvers : 0).map((step, index) => {
    const planned = { number: index + 1, ...step };
    const { action } = step;
    if (action.kind === 'stage') isJoined = action.stage !== 'before' && action.outdated !== true;
    const troubled = other;
    if (action.kind === 'hand-over') other = otherSide(action.to);
    if (!strikes) return planned;
    const isFinished = action.kind === 'finish';
    const trouble =
      isJoined && !isFinished
        ? troublesInTurn((one) => suits(one, action, isCopied) && isWithin(one, troubled, abilities))
        : undefined;
    if (action.kind === 'stage') isCopied = isCopyingAt(action.stage);
    // The new side is used only once every instance uses it, and a side in trouble is not waited for.
    const isTroubled = trouble !== undefined && trouble !== 'operator-killed';
    const used: readonly Side[] = isTroubled ? [otherSide(troubled)] : isJoined ? SIDES_STRUCK : ['old'];
    const strike = strikesInTurn(({ side }) => (isFinished ? side === 'new' : used.includes(side)));
    const isAskedOwing = action.kind === 'hand-over' && refusing.includes(troubled) ? true : undefined;
    return { ...planned, ...defined({ strike, trouble, isAskedOwing }) };
  });
}

export function otherSide(side: Side): Side {
  return side === 'new' ? 'old' : 'new';
}

type PlannedStrike = NonNullable<PlannedStep['strike']>;

function strikesOf({ shared, network, commits }: Abilities): PlannedStrike[] {
  const possible = ({ fault, point, side }: PlannedStrike): boolean => {
    if (isAtCommit(point) && !commits.includes(side)) return false;
    if (fault === 'cut-connection' || fault === 'blackhole') return network.includes(side);
    // If a service holds the storage in its own memory, everything is lost with its process.
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

/** Whether the trouble can be caused. `other` is the side that does not decide. */
function isWithin(trouble: Trouble, other: Side, { network, refusing, restarting }: Abilities): boolean {
  if (trouble === 'operator-killed') return true;
  if (trouble === 'restarted') return restarting.includes(otherSide(other));
  return (isOfStorage(trouble) ? refusing : network).includes(other);
}

export function isOfStorage(trouble: Trouble): trouble is StorageTrouble {
  return (STORAGE_TROUBLES as readonly Trouble[]).includes(trouble);
}

/**
 * Whether the trouble fits the step. The operator is killed where it works for long. Writes are refused where there are any,
 * and single records while the backfill copies them.
 */
function suits(trouble: Trouble, action: Action, isCopied: boolean): boolean {
  const { kind } = action;
  if (trouble === 'operator-killed') return kind === 'backfill' || kind === 'hand-over';
  if (trouble === 'refused-records') return kind === 'backfill';
  // A step back may end the copies before anything meets the trouble.
  const staysCopied = isCopied && (action.kind !== 'stage' || isCopyingAt(action.stage));
  return isOfStorage(trouble) ? staysCopied : true;
}

function isCopyingAt(stage: Stage): boolean {
  return stage === 'dual' || stage === 'cut-over';
}

/** Returns the elements in turn, each equally often, in an order of the seed. An element that does not suit waits. */
function inTurn<T>(random: Random, all: readonly T[]): (suits: (one: T) => boolean) => T | undefined {
  let waiting: T[] = [];
  return (suits) => {
    if (!waiting.some(suits)) waiting = [...waiting, ...random.shuffled(all)];
    const at = waiting.findIndex(suits);
    return at < 0 ? undefined : waiting.splice(at, 1)[0];
  };
}
