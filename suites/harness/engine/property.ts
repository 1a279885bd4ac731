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

/** Where a trial's actors live: one instance; two instances of one process; one instance in each of N processes. */
export const TOPOLOGIES = ['one', 'shared', 'processes'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

/** The name that stands for the service itself, where environments are named. */
export const SERVICE = 'service';

/** The name of the service itself, whose answers can be held back on their way, as spawned calls ask for it. */
export const LATE_ANSWERS = 'late answers';

/** What a property may know of the adapter: never its name. */
export interface Subject {
  readonly surfaces: readonly Surface[];
  readonly capabilities: Capabilities;
  /**
   * The entry of a vocabulary that cases are made without (see entryName). Only the test that shows that its absence is
   * noticed sets it: situations never depend on it.
   */
  readonly omitted?: string;
  /** What the settlement can do, whether it is the author's own or lockstep's. */
  readonly settlement: SettlementAbilities;
  /** The ids that the adapter takes, where it limits them. */
  readonly idSpace?: IdSpace;
}

/** Makes names unique to one trial, so that trials can share a namespace. */
export interface Scope {
  /**
   * A unique id: `t9999983-s1`, or another that the adapter takes where it limits them. Ids of later trials sort before
   * those of earlier ones.
   */
  id(name: string): string;
  /** A unique key of a token, or the id itself where its form is what matters, whatever ids the adapter takes. */
  asIs(name: string): string;
  /** The name in `id`, for messages; what is no id of this trial, or no text at all, as it is. */
  name(id: unknown): string;
  /** Number of the trial, from 1, for times that sort before or after those of earlier trials. */
  readonly number: number;
}

export interface Trial {
  /** Steps on the first instance before the actors start. Each must succeed, or the trial says nothing: what the clause judges is called by actors. */
  readonly setup?: readonly Step[];
  /** The program; `instance` counts modulo the topology's instances. */
  readonly actors: readonly Actor[];
  /** Steps on the last instance after the actors have ended. Each must succeed but those that swallow their errors: the clause judges them. */
  readonly finale?: readonly Step[];
  /** Calls of the author's codec, or of lockstep's where the author has none. */
  readonly codec?: readonly CodecCall[];
  /** Decisions to take in this order, instead of the generated interleaving: see scripted. */
  readonly order?: readonly Decision[];
  /** How long each step of `order` is waited for that had ended by itself. Default: `patienceMs`. */
  readonly stepMs?: number;
  /** See Program; also bounds the finale. Default 5,000. Exceeding it is a violation. */
  readonly patienceMs?: number;
  /** Whether the trial needs an empty namespace, for a judgement over everything that is stored. It costs time. */
  readonly freshNamespace?: boolean;
  /** Whether it leaves ids or times behind that may sort before those of later trials, so that these must not share its namespace. */
  readonly leavesOtherIds?: boolean;
}

/** What came back from a trial. */
export interface TrialOutcome {
  readonly main: ProgramHistory;
  readonly setup: readonly StepRecord[];
  readonly finale: readonly StepRecord[];
  /** What the trial's codec calls came to, in their order. */
  readonly codec?: readonly CodecResult[];
  /** Errors outside any call in the processes of its instances. */
  readonly beside: Beside;
  /** The step beside the actors that never ended. */
  readonly unfinished?: { readonly part: 'setup' | 'finale'; readonly step: number };
}

/** Everything a judgement may look at. */
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
  /** What two actors had at once and must not: when each of them had it, in the nanoseconds of records. */
  readonly held?: readonly (Stretch & { readonly actor: number })[];
  /** What failures of exactly this kind usually come from: `create is an upsert`. Default: they have no usual cause. */
  readonly hint?: string;
  /**
   * What went wrong that the clause is not about, in words that do not depend on the trial. Every clause that meets
   * it reports the same.
   */
  readonly symptom?: string;
  /**
   * Set where only a long wait shows it. The machine may have been busy or stood still, so it counts if it comes again when
   * the same program is run again.
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
  /** The clause that it decides. */
  readonly clause: string;
  /** Why the clause does not apply, beyond the surfaces and capabilities that it names; undefined: it does. */
  inapplicable?(subject: Subject): string | undefined;
  /** Topologies that make sense, as far as the capabilities allow them; default: those that the clause speaks of. */
  readonly topologies?: readonly Topology[];
  /** `scheduled` and `free` are mixed by default; a property whose judgement needs one of them says so. */
  readonly schedules?: 'both' | 'scheduled' | 'free';
  /**
   * The environments that it is checked in, each trial in one of them, the simplest first; SERVICE is the service
   * itself. It cannot be checked where one of them cannot be had. Default: the service alone.
   */
  environments?(subject: Subject): readonly string[];
  /** Environments that it is checked in too, where the target offers them and they can be had. Default: none. */
  readonly alsoIn?: readonly EnvironmentName[];
  /** Whether each trial gets a namespace of its own, for judgements over everything that is stored. Default false. */
  readonly ownNamespace?: boolean;
  /** Whether every other instance, from the second on, is opened on a second namespace. Default false. */
  readonly apart?: boolean;
  /** Whether every other instance, from the first on, is opened on the service itself, past the environment. Default false. */
  readonly mixed?: boolean;
  /** The share of the requested runs that is made, for properties whose runs cost more than others. Default 1. */
  readonly share?: number;
  /**
   * About how many seconds it takes, of a property that takes much longer than most. The longest is started first; started
   * last, it would run alone. Default: it takes no longer than most.
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
  /** Undefined: the trial holds. */
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

/** What a property that runs its own trials may use. It must close everything that it opens. */
export interface Tools {
  readonly subject: Subject;
  readonly scope: Scope;
  /** Hosts for the topology `processes`. */
  readonly processes: number;
  /** Of the environment that the trial is run in. */
  readonly connection: Json;
  /** `count` healthy hosts; release them. */
  lend(count: number): Promise<Loan>;
  /** A namespace nobody has used. */
  freshNamespace(): string;
  /** Removes a namespace of that environment. */
  destroy(namespace: string): Promise<void>;
}

/** A property that is not about one program on opened instances: about opening itself, say, or the codec. */
export interface CustomProperty<Case> {
  readonly clause: string;
  /** See Property. */
  inapplicable?(subject: Subject): string | undefined;
  /** See Property. */
  environments?(subject: Subject): readonly string[];
  /** Of the runs that are asked for, this share is made, since each costs as much as several others. Default 1. */
  readonly share?: number;
  /** See Property. */
  readonly alsoIn?: readonly EnvironmentName[];
  /** See Property. */
  readonly slow?: number;
  arbitrary(subject: Subject): fc.Arbitrary<Case>;
  /** Cases that are run before generated ones, however few runs were asked for. Default: none. */
  examples?(subject: Subject): readonly Case[];
  execute(input: Case, tools: Tools): Promise<Failure | undefined>;
}

/** A property whose type of cases is hidden. */
export type AnyProperty = Property<never> | CustomProperty<never>;

/** Types a property, and forgets the type of its cases. */
export function property<Case>(definition: Property<Case>): AnyProperty {
  return definition as unknown as AnyProperty;
}

/** Types a custom property, and forgets the type of its cases. */
export function customProperty<Case>(definition: CustomProperty<Case>): AnyProperty {
  return definition as unknown as AnyProperty;
}
