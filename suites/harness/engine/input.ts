/** What fast-check generates for one trial: where it runs, how its steps interleave, and the property's own case. */
import fc from 'fast-check';
import type { Interleaving } from './interleaving.ts';
import {
  LATE_ANSWERS,
  SERVICE,
  TOPOLOGIES,
  type CustomProperty,
  type Property,
  type Subject,
  type Topology,
  type Trial,
} from './property.ts';
import { scopeOf } from './scope.ts';
import type { Clause } from '../../../adapters/contract/index.ts';

/** The longest list of choices to generate. Later decisions take the first actor that can continue. */
const MAX_CHOICES = 24;

/** One in this many programs runs in all its orders, if there are few. Each order costs as much as another program. */
const EVERY_ORDER = 8;

export type Definition = Property<unknown> | CustomProperty<unknown>;

export interface Input {
  /** The name of the environment in which it runs. */
  readonly environment: string;
  readonly topology: Topology;
  /** The number of the first process's time zone. The next process has another zone. Null: all processes are in UTC. */
  readonly zone: number | null;
  readonly interleaving: Interleaving;
  /** Whether a program with few orders runs in all of them instead of this one. */
  readonly everyOrder: boolean;
  readonly body: unknown;
}

export function inputOf(
  definition: Definition,
  subject: Subject,
  topologies: readonly Topology[],
  environments: readonly string[],
): fc.Arbitrary<Input> {
  return fc.record({
    environment: fc.constantFrom(...environments),
    topology: fc.constantFrom(...topologies),
    zone: fc.constantFrom(null, 0, 1),
    interleaving: interleavings('trial' in definition ? definition.schedules : 'free'),
    everyOrder: fc.oneof(
      { weight: EVERY_ORDER - 1, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    body: definition.arbitrary(subject),
  });
}

/**
 * The property's examples, on the simplest topology and then on the one with the most processes. Examples that would be
 * the same trial there, and those with late answers, only run on the first. Lengthy examples only run on the last.
 */
export function exampleInputs(
  definition: Definition,
  subject: Subject,
  topologies: readonly Topology[],
  [environment = SERVICE]: readonly string[],
): [Input][] {
  const bodies = definition.examples?.(subject) ?? [];
  const simplest = topologies[0] ?? 'one';
  const place = { environment, topology: simplest, zone: null, everyOrder: false };
  if (!('trial' in definition)) return bodies.map((body) => [{ ...place, interleaving: FREE, body }]);
  const interleaving: Interleaving =
    definition.schedules === 'free' || definition.racing === true
      ? FREE
      : { mode: 'scheduled', choices: definition.interleaved === true ? IN_TURNS : [] };
  const largest = topologies.at(-1) ?? 'one';
  const on = (topology: Topology, bodies: readonly unknown[] = [], where = environment): [Input][] =>
    bodies.map((body) => [{ ...place, environment: where, topology, interleaving, body }]);
  const late = environment === SERVICE ? LATE_ANSWERS : environment;
  // For trials that are inspected and not run.
  const scope = scopeOf(1, subject.idSpace);
  const elsewhere = bodies.filter((body) => !staysOnFirst(definition.trial(body, scope, subject)));
  return [
    ...on(simplest, bodies),
    ...(largest === simplest ? [] : on(largest, elsewhere)),
    ...on(largest, definition.lengthyExamples?.(subject)),
    ...on(simplest, definition.lateExamples?.(subject), late),
  ];
}

/** Whether every step uses the first instance, which is the same in each topology. */
function staysOnFirst({ actors, finale = [] }: Trial): boolean {
  return finale.length === 0 && actors.every(({ instance }) => instance === 0);
}

/**
 * How many decisions only the first two actors take, in turns, so that both have entered their sections before the
 * third one comes.
 */
const FIRST_TWO = 6;
/** Choices by which the actors take turns, for the usual number of actors. */
const IN_TURNS: readonly number[] = Array.from({ length: MAX_CHOICES }, (_, decision) =>
  decision < FIRST_TWO ? decision % 2 : decision % 3,
);

const FREE: Interleaving = { mode: 'free' };

/** The inverse of the mapping. Without it fast-check cannot shrink examples. */
function choicesOf(interleaving: unknown): number[] {
  const { mode, choices = [] } = interleaving as { readonly mode: string; readonly choices?: number[] };
  if (mode !== 'scheduled') throw new Error('Expected a scheduled interleaving.');
  return choices;
}

function interleavings(schedules: Property<unknown>['schedules'] = 'both'): fc.Arbitrary<Interleaving> {
  const free = fc.constant(FREE);
  const scheduled = fc
    .array(fc.nat({ max: 5 }), { maxLength: MAX_CHOICES, size: 'max' })
    .map((choices): Interleaving => ({ mode: 'scheduled', choices }), choicesOf);
  switch (schedules) {
    case 'free':
      return free;
    case 'scheduled':
      return scheduled;
    case 'both':
      return fc.oneof({ weight: 3, arbitrary: scheduled }, { weight: 1, arbitrary: free });
    default:
      return schedules satisfies never;
  }
}

/**
 * The topologies that the capabilities allow and that the property (or else the clause) asks for, the simplest first.
 */
export function topologiesOf(
  definition: Definition,
  clause: Clause,
  subject: Subject,
  processes: number,
): Topology[] {
  const allowed: Topology[] = ['one', 'shared'];
  if (subject.capabilities.crossInstance && processes > 1) allowed.push('processes');
  const wanted = ('trial' in definition ? definition.topologies : undefined) ?? spokenOf(clause);
  const both = allowed.filter((topology) => wanted.includes(topology));
  return both.length > 0 ? both : ['one'];
}

function spokenOf(clause: Clause): readonly Topology[] {
  return clause.multiProcess ? TOPOLOGIES : ['one'];
}
