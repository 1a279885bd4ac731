/** The adapter's options, resolved once, at the edge. */
import * as z from '../contract/zod.ts';

/** What an author writes. Times in milliseconds. */
export interface PostgresOptions {
  /**
   * `postgresql://user:password@host:port/database`; or those of all servers of a cluster, in any order. Whichever is
   * the primary is used, and no replica ever.
   */
  readonly connectionString: string | readonly string[];
  /** The schema that holds the tables; it is part of every lock's key. */
  readonly schema: string;
  /**
   * How many sections run at once, default 8. One connection more is opened, which they cannot take: calls outside
   * sections never wait for holders that wait for them.
   */
  readonly max?: number;
  /** Longest wait for a lock or a row without `timeoutMs`, default 10,000. */
  readonly lockTimeoutMs?: number;
  /** Longest run of a statement, default 15,000. Longer than lockTimeoutMs, or waiters end as slow statements. */
  readonly statementTimeoutMs?: number;
  /**
   * Longest wait for an answer, default 20,000. Longer than statementTimeoutMs: when the client gives up first,
   * the server's waiter stays and may acquire later.
   */
  readonly queryTimeoutMs?: number;
  /** Longest pause of a section between two statements, default 10,000: a frozen holder frees its lock then. */
  readonly idleInTransactionTimeoutMs?: number;
  /** Longest wait for a connection, default 10,000. */
  readonly connectTimeoutMs?: number;
  /** Shown in pg_stat_activity. Default `lockstep`. */
  readonly applicationName?: string;
  /**
   * Whether statements are prepared once a connection, default true. False behind a pooler in transaction mode:
   * then nothing is left on a connection, no named statement and no setting, and calls outside sections are bounded
   * by queryTimeoutMs alone.
   */
  readonly preparedStatements?: boolean;
  /**
   * How a stream is locked, default `advisory`: by an advisory lock of the section's transaction. `lease`: by a row with
   * an owner, a fence and an end, which a holder that died or froze before its first write loses after leaseMs. The two
   * do not exclude each other: everybody who shares the tables uses the same.
   */
  readonly lock?: LockKind;
  /** How long a lease lasts unless it is renewed, default 3,000. Only with the lock `lease`. */
  readonly leaseMs?: number;
}

export const LOCK_KINDS = ['advisory', 'lease'] as const;
export type LockKind = (typeof LOCK_KINDS)[number];

export type ResolvedOptions = Required<PostgresOptions>;

const LEASE_MS = 3_000;
/** A renewal must come back well within it. */
const MIN_LEASE_MS = 100;

/** A longer name would be cut by PostgreSQL, and two namespaces could become one. */
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
    "expected leaseMs with the lock 'lease' alone",
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
