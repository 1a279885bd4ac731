/** The adapter's options, resolved once, at the edge. */
import * as z from '../contract/zod.ts';

/** The options of the PostgreSQL adapter. Times are in milliseconds. */
export interface PostgresOptions {
  /**
   * `postgresql://user:password@host:port/database`, or the URLs of all servers of a cluster, in any order. The adapter
   * uses only the primary, never a replica.
   */
  readonly connectionString: string | readonly string[];
  /** The schema that contains the tables. It is part of every lock's key. */
  readonly schema: string;
  /**
   * How many sections run at once, default 8. The adapter opens one more connection, which sections cannot take: calls
   * outside sections never wait for holders that wait for them.
   */
  readonly max?: number;
  /** The longest wait for a lock or a row if the call gives no `timeoutMs`, default 10,000. */
  readonly lockTimeoutMs?: number;
  /** The longest duration of a statement, default 15,000. Must be above lockTimeoutMs; otherwise waiters would fail as slow statements. */
  readonly statementTimeoutMs?: number;
  /**
   * The longest wait for an answer, default 20,000. Must be above statementTimeoutMs: if the client gave up first, the
   * waiter would stay in the server and might acquire the lock later.
   */
  readonly queryTimeoutMs?: number;
  /** The longest pause of a section between two statements, default 10,000. After it, the lock of a frozen holder is free. */
  readonly idleInTransactionTimeoutMs?: number;
  /** The longest wait for a connection, default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Shown in pg_stat_activity. Default `lockstep`. */
  readonly applicationName?: string;
  /**
   * Whether statements are prepared once per connection, default true. Set it to false behind a pooler in transaction mode:
   * then the adapter leaves no named statement and no setting on a connection, and only queryTimeoutMs bounds calls outside
   * sections.
   */
  readonly preparedStatements?: boolean;
  /**
   * How a stream is locked. `advisory` (default): by an advisory lock of the section's transaction. `lease`: by a row with
   * an owner, a fence and an expiry; a holder that died or froze before its first write loses it after leaseMs. The two
   * kinds do not exclude each other, so all instances that share the tables must use the same kind.
   */
  readonly lock?: LockKind;
  /** How long a lease lasts unless it is renewed, default 3,000. Only with `lock: 'lease'`. */
  readonly leaseMs?: number;
}

export const LOCK_KINDS = ['advisory', 'lease'] as const;
export type LockKind = (typeof LOCK_KINDS)[number];

export type ResolvedOptions = Required<PostgresOptions>;

const LEASE_MS = 3_000;
/** A renewal must be answered well within this time. */
const MIN_LEASE_MS = 100;

/** PostgreSQL would truncate a longer name, and two namespaces could become one. */
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/;

const url = z.string().regex(/^postgres(ql)?:\/\//, 'expected postgresql://user:password@host:port/database');
const timeout = z.number().int().min(1).max(3_600_000);
const schema = z
  .strictObject({
    connectionString: z.union([url, z.array(url).min(1)]),
    schema: z.string().regex(SCHEMA, 'expected 1 to 63 characters a-z, 0-9 or _'),
    max: z.number().int().min(1).max(1000).default(8),
    lockTimeoutMs: timeout.default(10_000),
    statementTimeoutMs: timeout.default(15_000),
    queryTimeoutMs: timeout.default(20_000),
    idleInTransactionTimeoutMs: timeout.default(10_000),
    connectTimeoutMs: timeout.default(10_000),
    applicationName: z.string().min(1).max(63).default('lockstep'),
    preparedStatements: z.boolean().default(true),
    lock: z.enum(LOCK_KINDS).default('advisory'),
    leaseMs: timeout.min(MIN_LEASE_MS).optional(),
  })
  .refine(
    ({ lock, leaseMs }) => lock === 'lease' || leaseMs === undefined,
    "expected leaseMs only together with lock: 'lease'",
  )
  .refine(
    (options) =>
      options.lockTimeoutMs < options.statementTimeoutMs &&
      options.statementTimeoutMs < options.queryTimeoutMs,
    'expected lockTimeoutMs < statementTimeoutMs < queryTimeoutMs',
  )
  .transform(({ leaseMs = LEASE_MS, ...options }) => ({ ...options, leaseMs }));

/** Checks `options` strictly and fills in the defaults. Throws TypeError, without any value in its message. */
export function resolveOptions(options: PostgresOptions): ResolvedOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `  ${issue.path.join('.') || 'options'}: ${issue.message}`,
  );
  throw new TypeError(`Expected options for the PostgreSQL adapter:\n${problems.join('\n')}`);
}
