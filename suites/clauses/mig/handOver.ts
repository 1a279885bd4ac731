/** The trials of MIG-07: writers of all kinds write around the moment at which the storage's state is set. */
import { accepts, NO_AUTHORITY, type AuthorityState, type Writer } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Actor, CallStep, Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, hold, leave, saved, streamOf } from '../../harness/cases/generate.ts';
import type { Scope, Trial } from '../../harness/engine/property.ts';
import { scripted, turn, waits, type Turn } from '../../harness/cases/script.ts';
import { interferes, isRemoval, writeOf, type Write, type WriteName } from './writes.ts';

const DECIDES: AuthorityState = { epoch: 1, decides: true, admitsUnmarked: true };
const COPIES: AuthorityState = { epoch: 1, decides: false, admitsUnmarked: false };

export const MOVE_NAMES = [
  'the old side begins',
  'the new side begins',
  'a side gives the authority up',
  'late copies are shut out',
  'a side takes the authority',
  'the move ends',
] as const;
export type MoveName = (typeof MOVE_NAMES)[number];

/** The steps of a move: the state of one side before, and after. */
const MOVES: Readonly<Record<MoveName, readonly [AuthorityState, AuthorityState]>> = {
  'the old side begins': [NO_AUTHORITY, DECIDES],
  'the new side begins': [NO_AUTHORITY, COPIES],
  'a side gives the authority up': [DECIDES, { ...COPIES, epoch: 2 }],
  'late copies are shut out': [COPIES, { ...COPIES, epoch: 2 }],
  'a side takes the authority': [COPIES, { ...DECIDES, admitsUnmarked: false }],
  'the move ends': [
    { ...DECIDES, admitsUnmarked: false },
    { ...DECIDES, epoch: 2 },
  ],
};

/** `own` is accepted by the state before, and `next` by the state after. `other role` has the wrong role for the latter. */
export const WRITERS = ['unmarked', 'own', 'next', 'other role', 'stale'] as const;
export type WriterName = (typeof WRITERS)[number];

/**
 * When a write is made: before the state is set, afterwards, or meanwhile. Or it is made in a section that enters before and
 * ends afterwards, and that has written before, or has not.
 */
export const TIMES = ['before', 'after', 'during', 'wrote before', 'entered before'] as const;
export type Time = (typeof TIMES)[number];

export interface Visit {
  readonly writer: WriterName;
  readonly write: WriteName;
  readonly time: Time;
  readonly inSection: boolean;
}

export interface Scene {
  readonly move: MoveName;
  readonly visits: readonly Visit[];
  /** Whether sections that the next state refuses get the time to end. */
  readonly drains: boolean;
  /** Whether somebody else sets another state at the same time. */
  readonly rival: boolean;
}

/** A drain that is long enough for sections that end by themselves, and a short one for others. */
export const DRAIN_MS = 20_000;
const SHORT_DRAIN_MS = 60;

const OPERATOR = 0;
const RIVAL = 1;
const FIRST_VISIT = 2;

/**
 * Whether sections in progress get the time to end. At its first state a storage may have to wait for everybody who has
 * written, even for writers that it still accepts, and it cannot end their sections.
 */
export function givesTime({ drains, move }: Pick<Scene, 'drains' | 'move'>): boolean {
  return drains || move === 'the old side begins';
}

/** Whether the storage must be in epoch 0. Such a trial needs a fresh namespace. */
export function isFirst(move: MoveName): boolean {
  return MOVES[move][0].epoch === 0;
}

/** The states before and after. */
export type States = readonly [AuthorityState, AuthorityState];

/** The distance between the epochs of two trials on one storage. */
const EPOCHS = 20;

/** The states of a trial. Trials on one storage use rising epochs, because an epoch never falls. */
export function statesOf({ move }: Pick<Scene, 'move'>, { number }: Pick<Scope, 'number'>): States {
  const [from, to] = MOVES[move];
  const shift = isFirst(move) ? 0 : number * EPOCHS;
  return [
    { ...from, epoch: from.epoch + shift },
    { ...to, epoch: to.epoch + shift },
  ];
}

/** The state that the rival sets instead. */
export function rivalState([, next]: States): AuthorityState {
  return { ...next, epoch: next.epoch + 1 };
}

/** Brings the storage to the state before. */
function setUp(move: MoveName, [from]: States): Step[] {
  if (isFirst(move)) return [];
  return [saved('state', direct('authority.get')), direct('authority.set', { $saved: 'state' }, from, 0)];
}

export function writerOf([from, to]: States, name: WriterName): Writer | undefined {
  switch (name) {
    case 'unmarked':
      return undefined;
    case 'own':
      return { epoch: from.epoch, role: from.decides ? 'deciding' : 'copying' };
    case 'next':
      return { epoch: to.epoch, role: to.decides ? 'deciding' : 'copying' };
    case 'other role':
      return { epoch: to.epoch, role: to.decides ? 'copying' : 'deciding' };
    case 'stale':
      return { epoch: to.epoch + 7, role: to.decides ? 'deciding' : 'copying' };
    default:
      return name satisfies never;
  }
}

/** A visit with the steps of its actor. */
export interface Placed extends Visit {
  readonly actor: number;
  readonly as: Writer | undefined;
  readonly made: Write;
  /** Indexes into the actor's steps. */
  readonly at: {
    readonly enter?: number;
    readonly call: number;
    readonly leave?: number;
    readonly first?: number;
  };
  readonly steps: readonly Step[];
}

/** The visits as they can be made. Replaces writes that interfere with earlier ones, and moves some out of sections. */
export function placed(scene: Scene, scope: Scope): Placed[] {
  const states = statesOf(scene, scope);
  const others: WriteName[] = [];
  return scene.visits.map((visit, index): Placed => {
    const write = others.some((other) => interferes(other, visit.write)) ? 'streams.create' : visit.write;
    others.push(write);
    const named = writerOf(states, visit.writer);
    const as: Writer | undefined = isRemoval(write) ? { epoch: named?.epoch ?? 0, role: 'copying' } : named;
    const made = writeOf(write, scope.id(`${write.replaceAll(/[^a-z]/gi, '-')}-${index + 1}`), as);
    const spans = visit.time === 'wrote before' || visit.time === 'entered before';
    const inSection = made.isViewed && (visit.inSection || spans);
    const time = spans && !inSection ? 'after' : visit.time;
    return {
      ...visit,
      write,
      time,
      inSection,
      actor: FIRST_VISIT + index,
      as,
      made,
      ...stepsOf(states, made, { as, inSection, stream: scope.id(`lock-${index + 1}`) }),
    };
  });
}

interface Way {
  readonly as: Writer | undefined;
  readonly inSection: boolean;
  readonly stream: string;
}

function stepsOf([from]: States, made: Write, { as, inSection, stream }: Way): Pick<Placed, 'steps' | 'at'> {
  const accepted: Writer = { epoch: from.epoch, role: from.decides ? 'deciding' : 'copying' };
  const before = made.before.map((step): CallStep => ({ ...step, as: accepted }));
  const read = made.read === undefined ? [] : [made.read];
  const section: Step[] = inSection
    ? [enter(stream, defined({ as })), { ...made.call, via: 'view' }, leave]
    : [made.call];
  const start = before.length + read.length;
  // A writer that is refused can still read.
  const after = read.map((step): CallStep => (as === undefined ? step : { ...step, as }));
  return {
    steps: [...before, ...read, ...section, ...after],
    at: {
      ...(read.length === 0 ? {} : { first: before.length }),
      call: start + (inSection ? 1 : 0),
      ...(inSection ? { enter: start, leave: start + 2 } : {}),
    },
  };
}

export function sceneTrial(scene: Scene, scope: Scope): Trial {
  const states = statesOf(scene, scope);
  const visits = placed(scene, scope);
  return {
    freshNamespace: isFirst(scene.move),
    setup: setUp(scene.move, states),
    ...scripted(turnsOf(scene, visits, states)),
    finale: [direct('authority.get'), ...visits.flatMap(({ made }) => made.read ?? [])],
    patienceMs: DRAIN_MS,
  };
}

function turnsOf(scene: Scene, visits: readonly Placed[], states: States): Turn[] {
  const [from, to] = states;
  const reads = visits.flatMap(({ made }) => made.read ?? []);
  const drains = givesTime(scene);
  const part = (chosen: readonly Time[], range: (one: Placed) => readonly [number, number]): Turn[] =>
    visits
      .filter(({ time }) => chosen.includes(time))
      .flatMap((one) => one.steps.slice(...range(one)).map((step) => turn(one.actor, step)));
  const start = ({ at }: Placed): number => at.enter ?? at.call;
  const end = ({ at }: Placed): number => (at.leave ?? at.call) + 1;
  const over: Turn[] = [
    ...part(['wrote before'], (one) => [one.at.call + 1, end(one)]),
    ...part(['entered before'], (one) => [one.at.call, end(one)]),
  ];
  const met = part(['during'], (one) => [start(one) + 1, end(one)]);
  // In epoch 0 whoever has entered before the state is set may be waited for, though both states accept it.
  const isWaitedFor = drains && isFirst(scene.move);
  const set = direct('authority.set', from, to, drains ? DRAIN_MS : SHORT_DRAIN_MS);
  const rival = direct('authority.set', from, rivalState(states), SHORT_DRAIN_MS);
  const during = visits
    .filter(({ time }) => time === 'during')
    .flatMap((one) => one.steps.slice(start(one), start(one) + 1).map((step) => waits(one.actor, step)));
  return [
    ...part(TIMES, (one) => [0, start(one)]),
    ...part(['before'], (one) => [start(one), end(one)]),
    ...part(['wrote before'], (one) => [start(one), one.at.call + 1]),
    ...part(['entered before'], (one) => [start(one), start(one) + 1]),
    drains || scene.rival ? waits(OPERATOR, set) : turn(OPERATOR, set),
    // It may wait until the other one is set, or for the same writers.
    ...(scene.rival ? [waits(RIVAL, rival)] : []),
    ...during,
    ...(drains ? over : []),
    ...(isWaitedFor ? met : []),
    // These reads begin when the state is set.
    ...reads.map((read) => turn(OPERATOR, read)),
    ...(drains ? [] : over),
    ...(isWaitedFor ? [] : met),
    ...part(['after'], (one) => [start(one), end(one)]),
    ...part(TIMES, (one) => [end(one), one.steps.length]),
    // An operator that does not know that the state has changed.
    turn(RIVAL, direct('authority.set', from, rivalState(states), 0)),
  ];
}

/** Writers write as fast as they can while the state is set. */
export interface Race {
  readonly move: MoveName;
  readonly writers: readonly { readonly writer: WriterName; readonly inSections: boolean }[];
  /** The pause before the state is set. */
  readonly pauseMs: number;
}

/** How many records each writer stores. */
const STORED = 12;
/** With this pause even a fast writer is still writing when the state is set. */
const PAUSE_MS = 2;
const PAGE = 1000;

export function raceTrial(race: Race, scope: Scope): Trial {
  const states = statesOf(race, scope);
  const [from, to] = states;
  return {
    freshNamespace: isFirst(race.move),
    setup: setUp(race.move, states),
    actors: [
      {
        instance: OPERATOR,
        steps: [
          hold(race.pauseMs),
          direct('authority.set', from, to, DRAIN_MS),
          direct('streams.scan', { limit: PAGE }),
        ],
      },
      ...race.writers.map(({ writer, inSections }, index): Actor => {
        const as = writerOf(states, writer);
        const own = defined({ as });
        return {
          instance: index + 1,
          steps: Array.from({ length: STORED }, (_, at) => {
            const id = racedId(scope, index, at);
            const create = direct('streams.create', streamOf(id));
            return inSections
              ? [enter(id, own), { ...create, via: 'view' as const }, leave, hold(PAUSE_MS)]
              : [{ ...create, ...own }, hold(PAUSE_MS)];
          }).flat(),
        };
      }),
    ],
    finale: [direct('authority.get'), direct('streams.scan', { limit: PAGE })],
    patienceMs: DRAIN_MS,
  };
}

function racedId(scope: Scope, writer: number, at: number): string {
  return scope.id(`raced-${writer + 1}-${at + 1}`);
}

/** Which writer stores the record with this id, and in which of the actor's steps it is answered. */
export function racedBy(
  race: Race,
  scope: Scope,
): { readonly id: string; readonly actor: number; readonly step: number; readonly as: Writer | undefined }[] {
  const states = statesOf(race, scope);
  return race.writers.flatMap(({ writer, inSections }, index) =>
    Array.from({ length: STORED }, (_, at) => ({
      id: racedId(scope, index, at),
      actor: index + 1,
      step: inSections ? 4 * at + 2 : 2 * at,
      as: writerOf(states, writer),
    })),
  );
}

/** Which of the two states accept the writer. */
export function acceptedBy(
  states: States,
  as: Writer | undefined,
): { readonly before: boolean; readonly after: boolean } {
  return { before: accepts(states[0], as), after: accepts(states[1], as) };
}
