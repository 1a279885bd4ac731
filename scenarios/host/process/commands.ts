/**
 * The commands to a host and its answers. They are the same for a host in its own process and for one in this
 * process.
 */
import type {
  Address,
  Capabilities,
  EnvironmentOptions,
  Json,
  SettlementAbilities,
  Stage,
  StatedIdRule,
  StartOptions,
  StrikeOptions,
  Surface,
  TargetFault,
  TargetNetwork,
  UnavailableEnvironment,
} from '../../../adapters/contract/index.ts';
import type { Beside } from '../beside/beside.ts';
import type { StepDone } from '../running/section.ts';
import type { TargetFailure } from './failure.ts';
import type { RunEnd } from '../running/interpreter.ts';
import type { Caught, ProgramHistory } from '../language/history.ts';
import type { Program, Schedule } from '../language/program.ts';

export interface TargetReference {
  /** The target as the user named it. */
  readonly spec: string;
  /** `file:` URL of the module. */
  readonly url: string;
  /** The two targets of a move. The module at `url` exports `migrationTarget`, which makes one target of both. */
  readonly move?: {
    readonly old: TargetReference;
    readonly new: TargetReference;
    /** The stage at which instances start. */
    readonly stage: Stage;
  };
}

export interface LoadedTarget {
  readonly name: string;
  readonly version: string;
  readonly capabilities: Capabilities;
  /** See `settlement` of Target. */
  readonly settlement: SettlementAbilities;
  /** The ids that the adapter accepts. Null: it does not limit them. */
  readonly ids: StatedIdRule | null;
  /** See `provided` of TargetDefinition. */
  readonly provided: Readonly<Record<string, string>>;
  /** The names of the codec functions that the author wrote. */
  readonly codec: readonly CodecFunction[];
  /** The environments that the target offers, by name. */
  readonly environments: readonly string[];
  /** The faults of its storage that the target offers. */
  readonly faults: readonly TargetFault[];
  /** The faults among them that can harm other users of the server. */
  readonly faultsOnServer: readonly TargetFault[];
  /** How a proxy recognizes commits. Null: no proxy can be placed in front of the storage. */
  readonly network: Pick<TargetNetwork, 'protocol' | 'commit'> | null;
  readonly hasStorageCheck: boolean;
}

export const CODEC_FUNCTIONS = ['encodeCursor', 'decodeCursor', 'idempotencyToken'] as const;
export type CodecFunction = (typeof CODEC_FUNCTIONS)[number];

export interface CodecCall {
  readonly function: CodecFunction;
  readonly args: readonly unknown[];
}

export type CodecResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: Caught };

export interface RunningEnvironment {
  readonly connection: Json;
}

export interface Service extends RunningEnvironment {
  readonly environment: Json;
  /** Notes for the user, one line each. */
  readonly notes: readonly string[];
}

export interface OpenInstanceOptions {
  readonly connection: Json;
  readonly namespace: string;
  /** The number of the instance in its run. */
  readonly instance: number;
  readonly clock?: { readonly fixedMs?: number };
  /** Whether answers of the storage can be held back, through a proxy. Needs a target that offers its network. */
  readonly late?: true;
}

/** The result of closing an instance. */
export type CloseOutcome =
  | { readonly status: 'closed' }
  | { readonly status: 'error'; readonly error: Caught }
  /** It did not settle within the bound. */
  | { readonly status: 'hung' };

/** A program, how its steps are interleaved, and the time zone that the process moves into first, if any. */
export interface HostedAct {
  readonly program: Program;
  readonly schedule: Schedule;
  readonly zone?: string;
}

export interface BeginOptions {
  readonly run: number;
  /** Acts that this host plays alone before it begins its part of `program`. */
  readonly before: readonly HostedAct[];
  readonly program: Program;
  /** The time zone, as in an act. */
  readonly zone?: string;
  /** The ids of the instances that actors refer to by index. Null: the instance belongs to another host. */
  readonly instances: readonly (number | null)[];
}

export interface EndOptions {
  readonly run: number;
  /** Acts that this host plays alone after its part has ended. */
  readonly after: readonly HostedAct[];
}

export interface RunOnOneHost {
  /** They run one after another. After an act with stuck steps or lost results, the rest are skipped. */
  readonly acts: readonly HostedAct[];
  /**
   * The ids of the instances that actors refer to by index. Null: the instance belongs to another host and is not used.
   */
  readonly instances: readonly (number | null)[];
}

/** Commands that get an answer. */
export interface Commands {
  readonly hello: { readonly input: Hello; readonly output: null };
  readonly load: { readonly input: TargetReference; readonly output: LoadedTarget };
  readonly start: { readonly input: StartOptions; readonly output: Service };
  /** Starts an environment of the service that `start` has started. It runs as long as the service. */
  readonly startEnvironment: {
    readonly input: EnvironmentOptions & { readonly name: string };
    readonly output: RunningEnvironment | UnavailableEnvironment;
  };
  /** Strikes the storage with a fault that the target offers. */
  readonly strike: {
    readonly input: StrikeOptions & { readonly fault: TargetFault };
    readonly output: { readonly proof: string } | UnavailableEnvironment;
  };
  /** Ends the current lasting fault. */
  readonly heal: { readonly input: null; readonly output: null };
  /** The address of the storage at a connection. Only for targets that offer their network. */
  readonly address: { readonly input: Json; readonly output: Address };
  /** The connection to the storage through a proxy at an address. Only for targets that offer their network. */
  readonly through: {
    readonly input: { readonly connection: Json; readonly address: Address };
    readonly output: Json;
  };
  /** Stops the environments, last started first, and then the service. */
  readonly stop: { readonly input: null; readonly output: null };
  /** Removes a namespace. */
  readonly destroy: {
    readonly input: { readonly connection: Json; readonly namespace: string };
    readonly output: null;
  };
  /**
   * Checks that the storage can be read and written, for targets with a check of their own. Rejects with the reason.
   * Returns since when the storage runs. Null: unknown.
   */
  readonly checkStorage: { readonly input: Json; readonly output: string | null };
  readonly open: {
    readonly input: OpenInstanceOptions;
    readonly output: { readonly id: number; readonly surfaces: readonly Surface[] };
  };
  readonly closeInstance: { readonly input: number; readonly output: CloseOutcome };
  readonly codec: { readonly input: readonly CodecCall[]; readonly output: readonly CodecResult[] };
  /** Runs programs that one host can run by itself. Answers with the histories of those that were run. */
  readonly run: { readonly input: RunOnOneHost; readonly output: readonly ProgramHistory[] };
  /**
   * Starts a host's part of a program that the parent coordinates by tells. Returns the histories of the acts before
   * it. If one of those has stuck steps or lost results, the part is not begun.
   */
  readonly begin: { readonly input: BeginOptions; readonly output: readonly ProgramHistory[] };
  readonly end: {
    readonly input: EndOptions;
    readonly output: RunEnd & {
      /** The histories of the acts after the part. */
      readonly after: readonly ProgramHistory[];
    };
  };
  /** Moves the process into a time zone. */
  readonly zone: { readonly input: string; readonly output: null };
  /** The CPU time of the process so far, in milliseconds. */
  readonly cpu: { readonly input: null; readonly output: number };
  readonly ping: { readonly input: null; readonly output: null };
  /** Closes every instance, stops the service, and ends. */
  readonly close: { readonly input: null; readonly output: null };
}
export type CommandName = keyof Commands;

export interface Hello {
  readonly contractVersion: number;
  readonly buildId: string;
  /** The host's number. */
  readonly process: number;
}

/** Messages to a host without an answer, within a run. */
export type Tell =
  | { readonly tell: 'release'; readonly run: number; readonly actor: number }
  | { readonly tell: 'releaseAll'; readonly run: number }
  | { readonly tell: 'abort'; readonly run: number; readonly actor: number };

/** Messages that a host sends on its own. */
export type Note =
  | { readonly note: 'done'; readonly run: number; readonly done: StepDone }
  | { readonly note: 'abort'; readonly run: number; readonly actor: number }
  | { readonly note: 'failed'; readonly run: number; readonly message: string }
  /** The adapter is ending the process. Carries what the current run has produced so far. */
  | ({ readonly note: 'last' } & LastWords);

/** What is known of the current run when a host is lost. */
export interface LastWords extends Pick<ProgramHistory, 'records' | 'order' | 'stuck'> {
  /** The index of the current act. */
  readonly act: number;
}

/**
 * What a host's watchdog reports while the main thread is blocked: the act, the actor and the step that started last.
 */
export interface Stalled {
  readonly stalled: readonly [act: number, actor: number, step: number];
}

/** From the parent to the host. */
export type Request = { readonly id: number; readonly command: CommandName; readonly input: unknown } | Tell;

/** From the host to the parent. */
export type Reply = Answer & {
  /** Errors outside any call since the host's last reply. Absent: none. */
  readonly beside?: Beside;
};

export type Answer =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly failure: TargetFailure }
  /** The host is of another build. */
  | { readonly id: number; readonly refusal: string }
  /** The harness itself failed. */
  | { readonly id: number; readonly bug: string };
