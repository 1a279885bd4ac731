/**
 * Programs: steps of several actors, as data. A host runs a program against opened instances and returns
 * a history, see history.ts. Suites generate programs and judge histories; nothing here judges.
 *
 * Every list of steps is a valid program, so that any step may be removed while shrinking: `leave` and `throw`
 * outside a section do nothing (they are recorded as skipped), and sections still open at an actor's end are
 * left, by steps that are numbered on from the actor's last.
 */
import type { MovedKind, Writer } from '../../../adapters/contract/index.ts';
import type { Operation } from '../../../adapters/protocol/types.ts';

/** How a program's steps are interleaved. */
export type Schedule =
  /** Actors run as they come; `hold` steps are the only pauses. */
  | { readonly mode: 'free' }
  /**
   * A coordinator releases one step at a time. `choices[k]` picks (modulo) among the actors that can go on at
   * decision k; missing choices are 0. A step not done within `blockMs` is recorded as blocked, and another
   * actor's step is released.
   */
  | { readonly mode: 'scheduled'; readonly choices: readonly number[]; readonly blockMs: number }
  /**
   * Repeats recorded decisions, and waits for steps that were recorded as finished: at most `stepMs`, or else the program's
   * `patienceMs`.
   */
  | {
      readonly mode: 'replay';
      readonly order: readonly Decision[];
      readonly blockMs: number;
      readonly stepMs?: number;
    };

export interface Program {
  readonly actors: readonly Actor[];
  /**
   * How long in milliseconds to wait for steps that do not finish once no other step can be released. What is
   * unfinished then is recorded as stuck.
   */
  readonly patienceMs: number;
}

export interface Actor {
  /** Index into the instances that the program is run on. */
  readonly instance: number;
  readonly steps: readonly Step[];
}

export type Step =
  /**
   * Calls withLock. Done when the callback starts, or when withLock settles without starting it (the steps up
   * to the matching leave are then skipped). Inside a section it nests, on the same instance.
   */
  | {
      readonly do: 'enter';
      readonly stream: string;
      /** On this one of the instances that the program is run on, of the same process, instead of the actor's own. */
      readonly elsewhere?: number;
      /** On this side of a migration, as a version enters that knows of that side alone. */
      readonly side?: Side;
      /** As this writer, of a storage that can be told who may write to it. */
      readonly as?: Writer;
      readonly timeoutMs?: number;
      /**
       * Passes a signal that an `abort` step of another actor, naming this actor, aborts. `together`: all that ask so in
       * one process have one signal, as the calls of one request do.
       */
      readonly abortable?: boolean | 'together';
      /** Passes a signal that is aborted already. */
      readonly aborted?: true;
      /** Records that the section will read first, for adapters that fetch them with the lock. */
      readonly prefetch?: { readonly streams?: readonly string[]; readonly tokens?: readonly string[] };
      /** A nested section that fails rejects the callback around it with its error, unless it is swallowed. */
      readonly swallow?: boolean;
    }
  /**
   * The callback returns an object with the section's number, or one of the values that count as false. Done when withLock
   * has settled, with what it resolved to as the value; or when the adapter runs the callback again, and the actor goes
   * back to the section's first step. After an error that was not swallowed the callback rejects with that error, here and
   * not earlier, so that the coordinator decides when.
   */
  | { readonly do: 'leave' }
  /**
   * The callback throws an Error with this message, or what `thrown` says. Done as `leave` is. `atOnce`: as the first step of
   * its section it throws before it has returned a promise.
   */
  | { readonly do: 'throw'; readonly message: string; readonly thrown?: Thrown; readonly atOnce?: true }
  /** Calls a method of the seam. */
  | CallStep
  /**
   * Makes this call and does not wait for it: the section that it is made in may end first, and it goes on in that
   * section's asynchronous context. `whenOver`: it is made when the withLock of that section has settled. Done at once;
   * what becomes of the call is the outcome of the `join` step that names it.
   */
  | {
      readonly do: 'spawn';
      readonly as: string;
      readonly call: CallStep;
      readonly whenOver?: true;
      /**
       * In an instance with late answers: what the storage answers first, after so many pieces, comes when the call is
       * joined, or 50 ms later.
       */
      readonly late?: number;
    }
  /**
   * Waits for the call that this actor has spawned under this name. Its record is that of the call: when it was made, when
   * it settled, in which section it was spawned. Skipped if there is none. An error changes nothing for the section around.
   */
  | { readonly do: 'join'; readonly spawned: string }
  /** Waits for so many milliseconds. */
  | { readonly do: 'hold'; readonly ms: number }
  /** Aborts the signal of the latest abortable `enter` of this actor. */
  | { readonly do: 'abort'; readonly actor: number }
  /** Changes the saved value in place, deeply, as a careless caller would. */
  | { readonly do: 'mutate'; readonly saved: string }
  /** Moves the clock that was handed to the instance, by milliseconds. */
  | { readonly do: 'advance'; readonly ms: number }
  /** Closes the actor's instance and opens it again on the same namespace. Outside sections only. */
  | { readonly do: 'reopen' }
  /** Closes the actor's instance; of a migration only the side, as if its storage were lost, until the actor reopens. */
  | { readonly do: 'close'; readonly side?: Side; readonly how?: Closing }
  /**
   * From now on calls that the migrating adapter of the actor's instance makes of that side, outside and in sections, meet
   * this trouble, until `heal` or `reopen`. Calls that a program itself makes of a side never do. Replaces earlier trouble.
   */
  | { readonly do: 'trouble'; readonly side: Side; readonly trouble: Trouble }
  /** Ends the trouble with that side; calls that were held back go on. The value: how many calls were struck. */
  | { readonly do: 'heal'; readonly side: Side }
  /** One request through the settlement protocol. */
  | {
      readonly do: 'request';
      readonly operation: Operation;
      readonly stream: string;
      /** The Idempotency-Key; none: not idempotent. */
      readonly key?: string;
      readonly body?: unknown;
      /** The idempotency store cannot be read by this request: UNAVAILABLE. */
      readonly unreadable?: true;
    };

/**
 * What a callback throws beside an Error. JavaScript lets it throw one that nothing can be added to, its message alone, or
 * nothing. And its own errors may look like those of the storage or of the wait: of a class or with a name or a code by which
 * adapters tell what they caught.
 */
export const THROWN = [
  'frozen',
  'text',
  'null',
  'undefined',
  'of another class',
  'AbortError',
  'TimeoutError',
  'ECONNRESET',
  'CONFLICT',
  'UNAVAILABLE',
] as const;
export type Thrown = (typeof THROWN)[number];

/** Otherwise than by one call of `close`: by two at once, or by what `await using` calls, where the adapter has it. */
export const CLOSINGS = ['twice at once', 'dispose'] as const;
export type Closing = (typeof CLOSINGS)[number];

export interface CallStep {
  readonly do: 'call';
  /**
   * `view`: the innermost open section's view (outside a section: the instance). `instance`: the repository
   * itself, also inside a section. `dead-view`: the view of the actor's latest section that has ended. A side of a
   * migration: that side itself, also inside a section.
   */
  readonly via: Via;
  readonly method: Method;
  readonly args: readonly Argument[];
  /** As this writer, of a storage that can be told who may write to it; through a view always as its section's. */
  readonly as?: Writer;
  /** Keeps the result under this name, for this actor's later steps. */
  readonly save?: string;
  /** Inside a section an error rejects the callback with it, unless it is swallowed. */
  readonly swallow?: boolean;
  /** Once it has settled the caller changes what it gave, in place, deeply. */
  readonly edits?: true;
}

/**
 * What becomes of a call. `refused`: UNAVAILABLE, and nothing happened, as of a storage that is down for a moment, or
 * read-only; `rejected`: INVALID_RECORD, as of a row that does not fit; `late`: every other one is made `ms` milliseconds
 * later; `silent`: it is made when the trouble ends, as by a frozen storage.
 */
export const TROUBLE_KINDS = ['refused', 'rejected', 'late', 'silent'] as const;
export const TROUBLED_CALLS = ['all', 'reads', 'writes'] as const;

/** Trouble with one side of a migration. */
export interface Trouble {
  readonly how: (typeof TROUBLE_KINDS)[number];
  /** Which calls are struck; the start of a section is neither a read nor a write. */
  readonly of: (typeof TROUBLED_CALLS)[number];
  /** Only those of the store of this kind, and of `bulk` for it; or those that ask or set who may write. */
  readonly store?: MovedKind | 'authority';
  /** Only those whose arguments name this id. */
  readonly naming?: string;
  /** So many are let through first. Default 0. */
  readonly after?: number;
  /** So many are struck. Default: all. */
  readonly times?: number;
  readonly ms?: number;
}

/** The sides of a migration. */
export const SIDES = ['old', 'new'] as const;
export type Side = (typeof SIDES)[number];

export const VIAS = ['view', 'instance', 'dead-view', 'old', 'new'] as const;
export type Via = (typeof VIAS)[number];

/** Methods of the seam by the surface's path, the same on a view and on an instance. */
export const METHODS = [
  'streams.create',
  'streams.get',
  'streams.put',
  'streams.delete',
  'streams.list',
  'streams.scan',
  'users.get',
  'users.put',
  'users.scan',
  'activity.append',
  'activity.list',
  'activity.scan',
  'idempotency.get',
  'idempotency.insert',
  'idempotency.putIfAbsent',
  'idempotency.delete',
  'idempotency.deleteExpired',
  'idempotency.scan',
  'idempotency.begin',
  'idempotency.finish',
  'idempotency.abandon',
  'jobs.create',
  'jobs.get',
  'jobs.delete',
  'jobs.list',
  'jobs.scan',
  'jobs.transition',
  'jobs.claimNext',
  'jobs.heartbeat',
  'jobs.complete',
  'jobs.fail',
  'audit.append',
  'audit.list',
  'audit.scan',
  'authority.get',
  'authority.set',
  'authority.remove',
  'migration.moveTo',
  'migration.instruct',
  'migration.backfill',
  'migration.repair',
  'migration.compare',
  'migration.begin',
  'migration.handOver',
] as const;
export type Method = (typeof METHODS)[number];

/**
 * A value as it is. A SavedArgument may stand in it at any depth, for example as the `cursor` of a page request:
 * it is replaced by a value made from a saved result when the step runs.
 */
export type Argument = unknown;

/**
 * A saved result, or its field at `path` (dots separate), with `set` merged over it (undefined removes a field) and
 * `add` added to its amounts (decimal strings) and counters (numbers). If the saved value (or the field) is undefined,
 * the call is skipped. Without `set` and `add` it is the very object that the adapter returned.
 */
export interface SavedArgument {
  readonly $saved: string;
  readonly path?: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly add?: Readonly<Record<string, number>>;
  /** Of a saved text: `remove` characters from `at` on (negative: from the end) are replaced by `insert`. */
  readonly splice?: { readonly at: number; readonly remove: number; readonly insert: string };
}

/** What the coordinator did: released the next step of `actor`, which finished or was found blocked. */
export interface Decision {
  readonly actor: number;
  readonly step: number;
  readonly blocked: boolean;
}
