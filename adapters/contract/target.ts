/**
 * A target tells lockstep how to start an adapter's backing service and how to open instances of the adapter.
 * It is the default export of a module. {@link defineTarget} adds types and an early check, nothing else.
 */
import { types } from 'node:util';
import { defined } from './defined.ts';
import * as z from './zod.ts';
import type { Awaitable } from './adapter.ts';
import type { StorageAdapter } from './storageAdapter.ts';
import { DEFAULT_CAPABILITIES, DURABILITIES, type Capabilities } from './capabilities.ts';
import { findClause } from './clauses.ts';
import {
  FAULT_REACHES,
  TARGET_FAULTS,
  WIRE_PROTOCOLS,
  type OfferedFault,
  type StrikeFault,
  type TargetFault,
  type TargetNetwork,
} from './faults.ts';
import { IdSpace, type IdRule } from './rules/ids.ts';
import type { Json } from './records.ts';
import type { Clock } from './rules/time.ts';
import {
  FULL_SETTLEMENT,
  PLAIN_SETTLEMENT,
  type OwnSettlement,
  type SettlementAbilities,
} from './ownSettlement.ts';
import { problemsOf } from './targetProblems.ts';
import { ENVIRONMENTS, type StartedService, type StartEnvironment, type StartOptions } from './service.ts';

export interface OpenOptions {
  /** The `connection` that `start`, or the instance's environment, returned. Null without `start`. */
  readonly connection: Json;
  /** The isolated data set: 1 to 40 characters `[a-z0-9_]`. Instances with the same namespace share records. */
  readonly namespace: string;
  /** The clock of this instance, for adapters whose storage has no clock. */
  readonly clock: Clock;
  /** The number of the instance in its run, for names in logs and sessions. */
  readonly instance: number;
}

export interface AttachOptions {
  /** The user's `--pg`, as in {@link StartOptions}. Targets without PostgreSQL ignore it. */
  readonly pg: string;
  /** The application's name for its storage, for example a schema: 1 to 63 characters `[a-z0-9_]`. */
  readonly namespace: string;
  readonly clock: Clock;
}

/** A target as its author writes it. */
export interface TargetDefinition {
  /** 1 to 40 characters `[a-z0-9-]`, for reports and certificates. */
  readonly name: string;
  readonly version?: string;
  readonly capabilities?: Partial<Capabilities>;
  /** Brings up the backing service. Called once per run. */
  start?(options: StartOptions): Awaitable<StartedService>;
  /**
   * Hard conditions around the service, by name: one of {@link ENVIRONMENTS}, or a pooler of `capabilities.poolers`. They
   * show bugs that the plain service hides. Default: none, and clauses that need one are not-run.
   */
  readonly environments?: Readonly<Record<string, StartEnvironment>>;
  /**
   * Faults that can strike the backing service, by name. A plain function is assumed to harm others who use the service;
   * `{ reach: 'run', strike }` says that it cannot. Default: none, and loads offer no such fault.
   */
  readonly faults?: Readonly<Partial<Record<TargetFault, StrikeFault | OfferedFault>>>;
  /** How to place a proxy in front of the storage. Default: there is no proxy, and loads offer no network faults. */
  readonly network?: TargetNetwork;
  /**
   * The ids of streams, users, events, export jobs, owners and audit records that the adapter accepts, if it does not accept
   * every id that the contract allows: `{ pattern: /^[a-z0-9_]{1,40}$/, example: 'stream_1' }`. lockstep then makes only such
   * ids, except for clauses about other ids, and the certificate states the pattern. Keys and scopes of idempotency tokens
   * come from clients, so the pattern does not apply to them. Default: the adapter accepts every id.
   */
  readonly ids?: IdRule;
  /** Opens one instance. Called in processes other than the one that called `start`. */
  open(options: OpenOptions): Awaitable<StorageAdapter>;
  /**
   * Opens the existing storage of an application that runs elsewhere, for `lockstep migrate`. Its tables exist already. An
   * implementation must not mark anything as belonging to a run, and must not remove anything. Default: `open` is used, if
   * the target has no `start` and several processes share the storage (`crossInstance`).
   *
   * @throws {@link StorageError} with `UNSUPPORTED`, whose message says what is needed.
   */
  attach?(options: AttachOptions): Awaitable<StorageAdapter>;
  /** Removes a namespace and everything in it. */
  destroy?(options: { readonly connection: Json; readonly namespace: string }): Awaitable<void>;
  /**
   * Checks, without the adapter, whether the storage can be read and written right now: for example with a plain connection
   * and one small write that is rolled back. Rejects with the reason if it cannot. Resolves to a text that changes whenever
   * the storage is restarted (for example its start time), or to nothing. Called in the process that called `start`: when a
   * run starts, and before lockstep blames the adapter for a failure. Default: lockstep does a plain write and read through
   * an instance.
   */
  checkStorage?(options: { readonly connection: Json }): Awaitable<string | void>;
  /** The author's own codec. CUR-08 and IDEM-11 check it instead of lockstep's. */
  readonly codec?: {
    encodeCursor?(id: string): string;
    decodeCursor?(cursor: string): string;
    idempotencyToken?(scope: string, key: string): string;
  };
  /**
   * The author's own settlement. `certify` runs it instead of lockstep's wherever it requests a settle or a withdraw
   * (STREAM-03, IDEM-01, IDEM-02, IDEM-03, IDEM-14). A load always runs lockstep's settlement, because its judge needs the
   * journal that it writes. The other members declare which requests the functions support; declare what is true of both.
   */
  readonly protocol?: Partial<SettlementAbilities> & {
    readonly settle?: OwnSettlement;
    readonly withdraw?: OwnSettlement;
  };
  /**
   * Clauses that something other than the tested storage fulfills, by id, with what does: `the bridge, which sorts`.
   * They are not checked, and are reported as not-applicable with that reason. Default: none.
   */
  readonly provided?: Readonly<Record<string, string>>;
}

/** A target that has been checked, with every capability resolved. */
export interface Target extends TargetDefinition {
  readonly version: string;
  readonly capabilities: Capabilities;
  /** The requests that the settlement supports. */
  readonly settlement: SettlementAbilities;
  /** The ids that the adapter accepts, if it limits them. */
  readonly idSpace?: IdSpace;
}

const fn = z.custom<(...args: never[]) => unknown>(
  (value) => typeof value === 'function',
  'expected a function',
);

const members = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'expected 1 to 40 characters a-z, 0-9 or -'),
  version: z.string().min(1).optional(),
  capabilities: z
    .strictObject({
      crossInstance: z.boolean(),
      durable: z.union(
        [z.literal(false), z.enum(DURABILITIES)],
        `expected false | '${DURABILITIES.join("' | '")}'`,
      ),
      atomic: z.boolean(),
      fencing: z.boolean(),
      lockTimeout: z.boolean(),
      ttl: z.boolean(),
      idempotencyClaims: z.boolean(),
      exportClaims: z.boolean(),
      tailComplete: z.boolean(),
      recoveryMs: z
        .number('expected milliseconds above 0, or null')
        .positive('expected milliseconds above 0, or null')
        .nullable(),
      poolers: z.array(z.string()),
      replicas: z.boolean(),
    })
    .partial()
    .optional(),
  start: fn.optional(),
  environments: z.record(z.string(), fn).optional(),
  faults: z
    .partialRecord(
      z.enum(TARGET_FAULTS),
      z.union(
        [fn, z.strictObject({ reach: z.enum(FAULT_REACHES), strike: fn })],
        `expected a function, or { reach: '${FAULT_REACHES.join("' | '")}', strike: a function }`,
      ),
    )
    .optional(),
  network: z
    .strictObject({
      address: fn,
      through: fn,
      protocol: z.enum(WIRE_PROTOCOLS).optional(),
      commit: z.string().min(1).optional(),
    })
    .refine(
      ({ protocol, commit }) => protocol === undefined || commit === undefined,
      'expected protocol or commit, not both',
    )
    .optional(),
  ids: z
    .strictObject({
      pattern: z.union(
        [z.string(), z.custom<RegExp>((value) => types.isRegExp(value))],
        'expected a regular expression',
      ),
      example: z.string(),
    })
    .superRefine((rule, context) => {
      const space = spaceOf(rule);
      if ('problem' in space) context.addIssue({ code: 'custom', message: space.problem });
    })
    .optional(),
  open: fn,
  attach: fn.optional(),
  destroy: fn.optional(),
  checkStorage: fn.optional(),
  codec: z
    .strictObject({
      encodeCursor: fn.optional(),
      decodeCursor: fn.optional(),
      idempotencyToken: fn.optional(),
    })
    .optional(),
  protocol: z
    .strictObject({
      settle: fn.optional(),
      withdraw: fn.optional(),
      amounts: z.boolean().optional(),
      once: z.boolean().optional(),
      revision: z.boolean().optional(),
    })
    .refine(
      ({ settle, withdraw }) => settle !== undefined || withdraw !== undefined,
      'expected a function, settle or withdraw',
    )
    .refine(
      ({ amounts, once }) => once !== false || amounts === true,
      'expected amounts: true, because once is false: a request without an amount would otherwise have to take everything',
    )
    .optional(),
  provided: z
    .record(
      z.string().refine((id) => findClause(id) !== undefined, 'expected the id of a clause, such as CUR-01'),
      z.string().min(1),
    )
    .optional(),
});

/** A name that no clause uses is a mistake: lockstep would never start that environment. */
const schema = members.superRefine(({ environments = {}, capabilities }, context) => {
  const known = [...ENVIRONMENTS, ...(capabilities?.poolers ?? [])];
  for (const name of Object.keys(environments)) {
    if (known.includes(name)) continue;
    const message = `expected one of ${ENVIRONMENTS.join(', ')}, or a pooler of capabilities.poolers`;
    context.addIssue({ code: 'custom', path: ['environments', name], message });
  }
});

/** A target, or why the candidate is not one: one line per problem, with the path, what was expected and what came. */
export type ParsedTarget = { readonly target: Target } | { readonly problems: readonly string[] };

/** Checks `candidate` strictly and resolves its capabilities. */
export function parseTarget(candidate: unknown): ParsedTarget {
  const result = schema.safeParse(candidate);
  if (!result.success) {
    const allowed = { '': Object.keys(members.shape), capabilities: Object.keys(DEFAULT_CAPABILITIES) };
    return { problems: problemsOf(candidate, result.error.issues, allowed) };
  }
  const definition = candidate as TargetDefinition;
  // Made from the author's object and bound to it, so that a class instance with private fields works too.
  const target: TargetDefinition = Object.create(definition);
  Object.assign(target, {
    open: definition.open.bind(definition),
    ...defined({
      start: definition.start?.bind(definition),
      attach: definition.attach?.bind(definition),
      destroy: definition.destroy?.bind(definition),
      checkStorage: definition.checkStorage?.bind(definition),
    }),
    version: definition.version ?? '0.0.0',
    capabilities: { ...DEFAULT_CAPABILITIES, ...definition.capabilities },
    settlement: abilitiesOf(definition.protocol),
    ...defined({ idSpace: definition.ids && new IdSpace(definition.ids) }),
  });
  return { target: target as Target };
}

function spaceOf(rule: IdRule): { readonly space: IdSpace } | { readonly problem: string } {
  try {
    return { space: new IdSpace(rule) };
  } catch (error) {
    if (error instanceof RangeError) return { problem: error.message };
    throw error;
  }
}

function abilitiesOf(protocol: TargetDefinition['protocol']): SettlementAbilities {
  if (protocol === undefined) return FULL_SETTLEMENT;
  const { amounts, once, revision } = { ...PLAIN_SETTLEMENT, ...protocol };
  return { amounts, once, revision };
}

/** The error that {@link defineTarget} throws. lockstep shows its problems one per line. */
export class NoTargetError extends TypeError {
  readonly problems: readonly string[];

  constructor(expected: string, problems: readonly string[]) {
    // In one line, for whoever else imports the module.
    super(`Expected ${expected}: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/**
 * Types a target, and checks it when its module is loaded. Returns the definition unchanged.
 *
 * @throws {@link NoTargetError} with every problem, one line each.
 *
 * @example
 * ```ts
 * export default defineTarget({
 *   name: 'mine',
 *   capabilities: { atomic: true },
 *   open: ({ namespace, clock }) => openAdapter(namespace, clock),
 * });
 * ```
 */
export function defineTarget(definition: TargetDefinition): TargetDefinition {
  const parsed = parseTarget(definition);
  if ('problems' in parsed) throw new NoTargetError('a target', parsed.problems);
  return definition;
}
