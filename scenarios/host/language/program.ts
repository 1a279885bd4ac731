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
  /** Actors run at their own pace. Only `hold` steps pause. */
  | { readonly mode: 'free' }
  /**
   * A coordinator releases one step at a time. `choices[k]` picks (modulo) among the actors that can continue at
   * decision k; missing choices are 0. A step that is not done within `blockMs` is recorded as blocked, and another
   * actor's step is released.
   */
  | { readonly mode: 'scheduled'; readonly choices: readonly number[]; readonly blockMs: number }
  /**
   * Repeats recorded decisions, and waits for each step that was recorded as finished: at most `stepMs`, by default the
   * program's `patienceMs`.
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
   * How long to wait for unfinished steps when no other step can be released, in milliseconds. Steps that are still
   * unfinished then are recorded as stuck.
   */
  readonly patienceMs: number;
}

export interface Actor {
  /** The index of the instance in the list that the program is run on. */
  readonly instance: number;
  readonly steps: readonly Step[];
}

export type Step =
  /**
   * Calls withLock. Done when the callback starts, or when withLock settles without starting it; then the steps up to
   * the matching leave are skipped. Inside a section it nests, on the same instance.
   */
  | {
      readonly do: 'enter';
      readonly stream: string;
      /** Uses this instance of the list instead of the actor's own. It must be in the same process. */
      readonly elsewhere?: number;
      /** Enters on this side of a migration, like a version of the application that only knows that side. */
      readonly side?: Side;
      /** Writes as this writer. The storage must have the surface `authority`. */
      readonly as?: Writer;
      readonly timeoutMs?: number;
      /**
       * Passes a signal that an `abort` step of another actor, naming this actor, aborts. `together`: all steps with
       * this value in one process share one signal, like the calls of one request.
       */
      readonly abortable?: boolean | 'together';
      /** Passes a signal that has already been aborted. */
      readonly aborted?: true;
      /** Records that the section will read first, for adapters that fetch them with the lock. */
      readonly prefetch?: { readonly streams?: readonly string[]; readonly tokens?: readonly string[] };
      /** A nested section that fails rejects the enclosing callback with its error, unless this is set. */
      readonly swallow?: boolean;
    }
  /**
   * The callback returns an object with the section's number, or a falsy value. Done when withLock has settled; its
   * result is the step's value. Also done when the adapter runs the callback again: the actor then returns to the
   * section's first step. After an error that was not swallowed, the callback rejects with that error here and not
   * earlier, so that the coordinator decides when.
   */
  | { readonly do: 'leave' }
  /**
   * The callback throws an Error with this message, or the value that `thrown` names. Done like `leave`. `atOnce`: as
   * the first step of its section, it throws before it has returned a promise.
   */
  | { readonly do: 'throw'; readonly message: string; readonly thrown?: Thrown; readonly atOnce?: true }
  /** Calls a method of the seam. */
  | CallStep
  | SectionStep
  /**
   * Makes this call without waiting for it. The section may end first; the call continues in that section's
   * asynchronous context. `whenOver`: the call is made after the withLock of that section has settled. Done at once.
   * The outcome of the call is that of the `join` step that names it.
   */
  | {
      readonly do: 'spawn';
      readonly as: string;
      readonly call: CallStep | SectionStep;
      readonly whenOver?: true;
      /**
       * On an instance with late answers: the storage's first answer is held back after this many pieces, until the
       * call is joined or 50 ms have passed.
       */
      readonly late?: number;
    }
  /**
   * Waits for the call that this actor has spawned under this name. The record is that of the call: when it was made,
   * when it settled, and in which section it was spawned. Skipped if there is none. An error does not affect the
   * enclosing section.
   */
  | { readonly do: 'join'; readonly spawned: string }
  /** Waits this many milliseconds. */
  | { readonly do: 'hold'; readonly ms: number }
  /** Aborts the signal of the latest abortable `enter` of this actor. */
  | { readonly do: 'abort'; readonly actor: number }
  /** Changes the saved value in place, deeply, as a careless caller would. */
  | { readonly do: 'mutate'; readonly saved: string }
  /** Moves the clock that was passed to the instance by this many milliseconds. */
  | { readonly do: 'advance'; readonly ms: number }
  /** Closes the actor's instance and opens it again on the same namespace. Outside sections only. */
  | { readonly do: 'reopen' }
  /**
   * Closes the actor's instance. With `side`, only that side of a migration is closed, as if its storage were lost,
   * until the actor reopens.
   */
  | { readonly do: 'close'; readonly side?: Side; readonly how?: Closing }
  /**
   * From now on, calls of the migrating adapter to that side meet this trouble, outside and in sections, until `heal`
   * or `reopen`. Calls that a program makes to a side directly never do. Replaces earlier trouble.
   */
  | { readonly do: 'trouble'; readonly side: Side; readonly trouble: Trouble }
  /**
   * Ends the trouble with that side, and lets delayed calls continue. The value is the number of calls that were
   * struck.
   */
  | { readonly do: 'heal'; readonly side: Side }
  /** One request through the settlement protocol. */
  | {
      readonly do: 'request';
      readonly operation: Operation;
      readonly stream: string;
      /** The Idempotency-Key. Absent: the request is not idempotent. */
      readonly key?: string;
      readonly body?: unknown;
      /** The idempotency store cannot be read by this request: UNAVAILABLE. */
      readonly unreadable?: true;
    };

/**
 * What a callback throws other than an ordinary Error. JavaScript allows an error that cannot be extended, a bare
 * message, or nothing. And an application's error may look like one of the storage or of the wait: by its class, its
 * name or its code, by which adapters recognize errors.
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

/** Other ways to close: two calls of `close` at once, or the method that `await using` calls, if the adapter has it. */
export const CLOSINGS = ['twice at once', 'dispose'] as const;
export type Closing = (typeof CLOSINGS)[number];

export interface CallStep {
  readonly do: 'call';
  /**
   * `view`: the innermost open section's view (outside a section: the instance). `instance`: the repository itself,
   * even inside a section. `dead-view`: the view of the actor's latest section that has ended. A side of a migration:
   * that side itself, even inside a section.
   */
  readonly via: Via;
  readonly method: Method;
  readonly args: readonly Argument[];
  /**
   * Writes as this writer. The storage must have the surface `authority`. Through a view, the writer is always the
   * section's.
   */
  readonly as?: Writer;
  /** Keeps the result under this name, for this actor's later steps. */
  readonly save?: string;
  /** Inside a section an error rejects the callback, unless this is set. */
  readonly swallow?: boolean;
  /** After the call has settled, the caller changes its arguments in place, deeply. */
  readonly edits?: true;
}

/**
 * A whole section as one call, to be spawned beside others: a section with a step of its own for its beginning and its
 * end runs alone in its actor. `via: view` in its steps is its own view. Nothing is recorded of them.
 */
export interface SectionStep {
  readonly do: 'section';
  readonly stream: string;
  readonly steps: readonly (CallStep | Extract<Step, { readonly do: 'hold' }>)[];
  /** At its end the callback throws an Error with this message. */
  readonly throws?: string;
}

/**
 * What happens to a call. `refused`: UNAVAILABLE, and nothing happened, as with a storage that is briefly down or
 * read-only. `rejected`: INVALID_RECORD, as for a row that does not fit. `late`: every second call is made `ms`
 * milliseconds later. `silent`: the call is made when the trouble ends, as with a frozen storage.
 */
export const TROUBLE_KINDS = ['refused', 'rejected', 'late', 'silent'] as const;
export const TROUBLED_CALLS = ['all', 'reads', 'writes'] as const;

/** Trouble with one side of a migration. */
export interface Trouble {
  readonly how: (typeof TROUBLE_KINDS)[number];
  /** Which calls are struck. The start of a section is neither a read nor a write. */
  readonly of: (typeof TROUBLED_CALLS)[number];
  /**
   * Only calls of the store of this kind, and of `bulk` for this kind. `authority`: only calls that read or set the
   * authority.
   */
  readonly store?: MovedKind | 'authority';
  /** Only those whose arguments name this id. */
  readonly naming?: string;
  /** This many calls are let through first. Default 0. */
  readonly after?: number;
  /** This many calls are struck. Default: all. */
  readonly times?: number;
  readonly ms?: number;
}

/** The sides of a migration. */
export const SIDES = ['old', 'new'] as const;
export type Side = (typeof SIDES)[number];

export const VIAS = ['view', 'instance', 'dead-view', 'old', 'new'] as const;
export type Via = (typeof VIAS)[number];

/** Methods of the seam, as paths from the surface. They are the same on a view and on an instance. */
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
 * A literal value. It may contain a SavedArgument at any depth, for example as the `cursor` of a page request. When the
 * step runs, that is replaced by a value made from a saved result.
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
  /** For a saved text: replaces `remove` characters from `at` on (negative: from the end) by `insert`. */
  readonly splice?: { readonly at: number; readonly remove: number; readonly insert: string };
}

/** A decision of the coordinator: it released the next step of `actor`, which finished or was found blocked. */
export interface Decision {
  readonly actor: number;
  readonly step: number;
  readonly blocked: boolean;
}
