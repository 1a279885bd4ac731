/**
 * A clause as a property: cases are generated, each is made into a trial of programs, the programs run on
 * opened instances, and a pure function judges what came back.
 */
import type fc from 'fast-check';
import type {
  Capabilities,
  EnvironmentName,
  IdSpace,
  Json,
  SettlementAbilities,
  Surface,
} from '../../../adapters/contract/index.ts';
import type { Beside, CodecCall, CodecResult, Loan } from '../../../scenarios/host/index.ts';
import type { ProgramHistory, StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Decision, Step } from '../../../scenarios/host/language/program.ts';
import type { Stretch } from '../../duration.ts';

/**
 * Where a trial's actors live: on one instance, on two instances of one process, or on one instance in each of N
 * processes.
 */
export const TOPOLOGIES = ['one', 'shared', 'processes'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** The name of the service itself among the names of environments. */
export const SERVICE = 'service';

/** The name of the service with answers that can be held back, as some spawned calls request. */
export const LATE_ANSWERS = 'late answers';

/** What a property may know about the adapter. Never its name. */
export interface Subject {
  readonly surfaces: readonly Surface[];
  readonly capabilities: Capabilities;
  /**
   * The entry of a vocabulary that is left out of the cases (see entryName). Only the test sets it that proves that a
   * missing entry is noticed. Situations never depend on it.
   */
  readonly omitted?: string;
  /** What the settlement supports, whether it is the author's own or lockstep's. */
  readonly settlement: SettlementAbilities;
  /** The ids that the adapter accepts, if it limits them. */
  readonly idSpace?: IdSpace;
}

/** Creates names that are unique to one trial, so that trials can share a namespace. */
export interface Scope {
  /**
   * A unique id: `t9999983-s1`, or another one that the adapter accepts if it limits ids. Ids of later trials sort
   * before those of earlier ones.
   */
  id(name: string): string;
  /**
   * A unique text for keys of tokens, and for ids whose form matters. It does not depend on the ids that the adapter
   * accepts.
   */
  asIs(name: string): string;
  /** The name that `id` was made from, for messages. A value that is no id of this trial is converted to text. */
  name(id: unknown): string;
  /** The number of the trial, from 1, for times that sort before or after those of earlier trials. */
  readonly number: number;
}

export interface Trial {
  /**
   * Steps on the first instance before the actors start. If one fails, the trial says nothing. So actors must make the
   * calls that the clause judges.
   */
  readonly setup?: readonly Step[];
  /** The program. `instance` counts modulo the number of instances in the topology. */
  readonly actors: readonly Actor[];
  /**
   * Steps on the last instance after the actors have ended. Each must succeed, except steps that swallow their errors:
   * the clause judges these.
   */
  readonly finale?: readonly Step[];
  /** Calls of the author's codec, or of lockstep's for functions that the author did not write. */
  readonly codec?: readonly CodecCall[];
  /** Decisions to take in this order, instead of a generated interleaving: see scripted. */
  readonly order?: readonly Decision[];
  /** How long to wait for each step of `order` that ended on its own. Default: `patienceMs`. */
  readonly stepMs?: number;
  /** See Program. Also bounds the finale. Default 5,000. Exceeding it is a violation. */
  readonly patienceMs?: number;
  /** Whether the trial needs an empty namespace, in order to judge everything that is stored. That takes time. */
  readonly freshNamespace?: boolean;
  /**
   * Whether the trial leaves ids or times that may sort before those of later trials, so that later trials need another
   * namespace.
   */
  readonly leavesOtherIds?: boolean;
}

/** The outcome of a trial. */
export interface TrialOutcome {
  readonly main: ProgramHistory;
  readonly setup: readonly StepRecord[];
  readonly finale: readonly StepRecord[];
  /** The results of the trial's codec calls, in order. */
  readonly codec?: readonly CodecResult[];
  /** Errors outside any call in the processes of its instances. */
  readonly beside: Beside;
  /** The step of the setup or the finale that never ended. */
  readonly unfinished?: { readonly part: 'setup' | 'finale'; readonly step: number };
}

/** Everything that a judgement may use. */
export interface TrialRun<Case> extends TrialOutcome {
  readonly input: Case;
  readonly trial: Trial;
  readonly scope: Scope;
  readonly subject: Subject;
}

/** What is wrong, for a reader who does not know the clause. */
export interface Failure {
  readonly summary: string;
  readonly expected: string;
  readonly actual: string;
  /** The records to mark in the picture. */
  readonly marked?: readonly StepRecord[];
  /** What two actors held at once although they must not: when each of them held it, in nanoseconds as in records. */
  readonly held?: readonly (Stretch & { readonly actor: number })[];
  /** The usual cause of failures of exactly this kind: `create is an upsert`. Default: there is no usual cause. */
  readonly hint?: string;
  /**
   * A problem that the clause is not about, in words that do not depend on the trial. All clauses report it in the same
   * words.
   */
  readonly symptom?: string;
  /**
   * Set if only a long wait shows the failure. The machine may have been busy or suspended, so it only counts if the
   * same program fails again.
   */
  readonly byTime?: true;
}

/** Something that must have occurred in at least one trial for a clause's ok to count. */
export interface Situation<Case> {
  /** Unique in the clause. It completes "no run had …": `a nested section that throws`. */
  readonly name: string;
  /** Whether this trial had it. */
  occurred(run: TrialRun<Case>): boolean;
}

export interface Property<Case> {
  /** The clause that the property decides. */
  readonly clause: string;
  /** Why the clause does not apply, for reasons other than its surfaces and capabilities. Undefined: it applies. */
  inapplicable?(subject: Subject): string | undefined;
  /** The topologies that make sense, as far as the capabilities allow. Default: those that the clause is about. */
  readonly topologies?: readonly Topology[];
  /** By default scheduled and free runs are mixed. A property whose judgement needs one of the two says so. */
  readonly schedules?: 'both' | 'scheduled' | 'free';
  /**
   * The environments in which it is checked, one per trial, the simplest first. SERVICE is the service itself. If one
   * of them is missing, the property cannot be checked. Default: only the service.
   */
  environments?(subject: Subject): readonly string[];
  /**
   * Further environments in which it is checked if the target offers them and the machine can provide them. Default:
   * none.
   */
  readonly alsoIn?: readonly EnvironmentName[];
  /** Whether each trial gets its own namespace, in order to judge everything that is stored. Default false. */
  readonly ownNamespace?: boolean;
  /** Whether every second instance is opened on a second namespace. Default false. */
  readonly apart?: boolean;
  /**
   * Whether every second instance, beginning with the first, is opened on the service itself instead of the
   * environment. Default false.
   */
  readonly mixed?: boolean;
  /** The share of the requested runs that is made, for properties with expensive runs. Default 1. */
  readonly share?: number;
  /**
   * The approximate duration in seconds, for a property that takes much longer than most. The longest ones start first;
   * started last, they would run alone. Default: it takes no longer than most.
   */
  readonly slow?: number;
  arbitrary(subject: Subject): fc.Arbitrary<Case>;
  /**
   * Cases that generation would produce too rarely. All of them run before generated ones, however few runs were
   * requested. They run on the simplest topology and on the one with the most processes; only on the first if every
   * step is made on the first instance. Default: none.
   */
  examples?(subject: Subject): readonly Case[];
  /** Examples that take seconds each. They run only on the topology with the most processes. Default: none. */
  lengthyExamples?(subject: Subject): readonly Case[];
  /**
   * Examples with reads whose answers come late: run on the simplest topology, where the target offers its network on
   * instances with late answers. Default: none.
   */
  lateExamples?(subject: Subject): readonly Case[];
  /**
   * Whether the actors of its examples take turns after each step. Default: one actor continues as far as it can,
   * then the next.
   */
  readonly interleaved?: boolean;
  /** Whether the actors of its examples run freely, so that they meet. Default: as above. */
  readonly racing?: boolean;
  trial(input: Case, scope: Scope, subject: Subject): Trial;
  /** The failure that the trial shows. Undefined: the trial holds. */
  judge(run: TrialRun<Case>): Failure | undefined;
  /**
   * Whether the trial could have broken the clause. If too few trials could, the result is inconclusive, not ok.
   * Default: every trial could.
   */
  exercised?(run: TrialRun<Case>): boolean;
  /**
   * If one of these never occurred, the result is inconclusive, not ok. Each needs an example that produces it, so
   * that it does not depend on chance. Default: none.
   */
  situations?(subject: Subject): readonly Situation<Case>[];
}

/** The tools of a property that runs its own trials. The property must close everything that it opens. */
export interface Tools {
  readonly subject: Subject;
  readonly scope: Scope;
  /** The number of hosts for the topology `processes`. */
  readonly processes: number;
  /** The connection of the trial's environment. */
  readonly connection: Json;
  /** Lends `count` healthy hosts. The property must release them. */
  lend(count: number): Promise<Loan>;
  /** Returns an unused namespace. */
  freshNamespace(): string;
  /** Removes a namespace of the trial's environment. */
  destroy(namespace: string): Promise<void>;
}

/**
 * A property that is not about one program on opened instances, for example about opening instances or about the codec.
 */
export interface CustomProperty<Case> {
  readonly clause: string;
  /** See Property. */
  inapplicable?(subject: Subject): string | undefined;
  /** See Property. */
  environments?(subject: Subject): readonly string[];
  /** The share of the requested runs that is made, for properties with expensive runs. Default 1. */
  readonly share?: number;
  /** See Property. */
  readonly alsoIn?: readonly EnvironmentName[];
  /** See Property. */
  readonly slow?: number;
  arbitrary(subject: Subject): fc.Arbitrary<Case>;
  /** Cases that run before generated ones, however few runs were requested. Default: none. */
  examples?(subject: Subject): readonly Case[];
  execute(input: Case, tools: Tools): Promise<Failure | undefined>;
}

/** A property with a hidden type of cases. */
export type AnyProperty = Property<never> | CustomProperty<never>;

/** Checks the types of a property, and hides the type of its cases. */
export function property<Case>(definition: Property<Case>): AnyProperty {
  return definition as unknown as AnyProperty;
}

/** Checks the types of a custom property, and hides the type of its cases. */
export function customProperty<Case>(definition: CustomProperty<Case>): AnyProperty {
  return definition as unknown as AnyProperty;
}
