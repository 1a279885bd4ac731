/** Results as runs leave them, for tests of the renderers. Everything comes from a fixed seed. */
import { CLAUSES, DEFAULT_CAPABILITIES, SURFACES } from '../../adapters/contract/index.ts';
import { levelOf, NO_LEVELS } from '../../suites/level.ts';
import { besideBaseline } from '../../suites/baseline.ts';
import type { ClauseResult, SituationCount } from '../../suites/result.ts';
import { ELSEWHERE } from '../../suites/shard.ts';
import {
  SCHEMA_VERSION,
  type Certification,
  type LoadResult,
  type RunResult,
  type TargetSummary,
} from '../model.ts';
import { HOSTILE, HOSTILE_FAILURE, LOST_UPDATE, NEVER_RETURNED } from './counterexamples.ts';
import { doubleSettleLoad, healthyLoad } from './loads.ts';

export { LOST_UPDATE } from './counterexamples.ts';

export const MEMORY: TargetSummary = {
  name: 'memory',
  version: '0.1.0',
  spec: 'memory',
  surfaces: SURFACES,
  capabilities: { ...DEFAULT_CAPABILITIES, atomic: true, lockTimeout: true, ttl: true },
  storage: null,
};

export const POSTGRES: TargetSummary = {
  name: 'postgres',
  version: '0.1.0',
  spec: 'postgres',
  surfaces: SURFACES,
  capabilities: {
    ...MEMORY.capabilities,
    crossInstance: true,
    durable: 'storage-crash',
    recoveryMs: 5000,
  },
  storage: {
    version: 'PostgreSQL 18.4 on x86_64-pc-linux-gnu',
    synchronous_commit: 'on',
    fsync: 'on',
    max_connections: '100',
    collation: 'C.UTF-8',
  },
};

export const OWN: TargetSummary = {
  name: 'my-adapter',
  version: '2.3.1',
  spec: './my-adapter.ts',
  surfaces: ['locks', 'streams', 'activity'],
  capabilities: { ...DEFAULT_CAPABILITIES, crossInstance: true },
  storage: { engine: 'redis 7.2', persistence: 'aof' },
};

const SITUATIONS: readonly SituationCount[] = [
  { situation: 'a nested section that throws', runs: 12 },
  { situation: 'a bounded section on a stream that does not exist', runs: 7 },
];

function clauseResult(
  id: string,
  status: ClauseResult['status'],
  more: Partial<ClauseResult> = {},
): ClauseResult {
  const number = CLAUSES.findIndex((clause) => clause.id === id);
  const ran = status === 'ok' || status === 'violated';
  return {
    clause: id,
    status,
    runs: ran ? 100 : 0,
    exercised: ran ? 88 : 0,
    orders: ran && number % 3 !== 0 ? 12 + number : 0,
    processes: 2,
    instances: 2,
    durationMs: ran ? 200 + ((number * 331) % 2900) : 0,
    seed: 814301,
    ...(ran && number % 4 === 0 ? { situations: SITUATIONS } : {}),
    ...more,
  };
}

/** Every clause held, was above the level, or did not apply. */
function held(target: TargetSummary): Certification {
  const requestedLevel = target.capabilities.crossInstance ? 'cluster' : 'process';
  const clauses = CLAUSES.map((clause) => {
    if (clause.fault) return clauseResult(clause.id, 'not-run', { reason: 'needs a fault; above the level' });
    const missing = clause.capabilities.find((name) => !target.capabilities[name]);
    return missing === undefined
      ? clauseResult(clause.id, 'ok')
      : clauseResult(clause.id, 'not-applicable', { reason: `capability ${missing} is not declared` });
  });
  return {
    target,
    contentHash: `sha256:${'0123456789abcdef'.repeat(4)}`,
    suites: { buildId: '0123456789abcdef', proof: null },
    requestedLevel,
    strict: false,
    ...levelOf(clauses, { requestedLevel, strict: false }),
    runs: 100,
    budgetMs: 60_000,
    processes: 2,
    inProcess: false,
    durationMs: target === POSTGRES ? 61_230 : 9120,
    clauses,
  };
}

function violated(): Certification {
  const broken: Readonly<Record<string, Partial<ClauseResult> & Pick<ClauseResult, 'status'>>> = {
    'LOCK-01': { status: 'violated', runs: 100, counterexample: LOST_UPDATE },
    'LOCK-03': { status: 'violated', runs: 1, counterexample: NEVER_RETURNED },
    'STREAM-08': { status: 'violated', runs: 100, counterexample: HOSTILE_FAILURE },
    'LOCK-14': { status: 'inconclusive', runs: 61, reason: 'out of time after 61 of 100 runs' },
    'CUR-04': { status: 'error', reason: `host 2 sent what is no message: ${HOSTILE}` },
    'ACT-02': { status: 'skipped', reason: '--only names other clauses' },
  };
  const base = held({ ...POSTGRES, ...OWN });
  const clauses = base.clauses.map((result) => {
    const how = broken[result.clause];
    return how === undefined ? result : { ...clauseResult(result.clause, how.status), ...how };
  });
  return {
    ...base,
    target: OWN,
    ...levelOf(clauses, base),
    durationMs: 31_400,
    clauses,
  };
}

function run(command: RunResult['command'], repeat: string, part: Partial<RunResult>): RunResult {
  return {
    schemaVersion: SCHEMA_VERSION,
    command,
    repeat,
    lockstepVersion: '0.1.0',
    contractVersion: 1,
    startedAt: '2026-01-31T08:15:00.123Z',
    finishedAt: '2026-01-31T08:16:41.623Z',
    partial: false,
    seed: 814301,
    environment: {
      node: 'v20.20.0',
      os: 'Linux 6.1.0 x64',
      cpu: 'AMD EPYC 7B13',
      cores: 2,
      memoryBytes: 8_325_300_224,
    },
    certifications: [],
    loads: [],
    exitStatus: 0,
    ...part,
  };
}

/** `certify memory postgres`, all well. */
export function passingCertification(): RunResult {
  return run('certify', 'lockstep certify memory postgres --seed 814301', {
    certifications: [held(MEMORY), held(POSTGRES)],
  });
}

/** `certify ./my-adapter.ts`, with every status. */
export function violatedCertification(): RunResult {
  return run('certify', 'lockstep certify ./my-adapter.ts --seed 814301', {
    certifications: [violated()],
    exitStatus: 1,
  });
}

/** The same, with a baseline that knows one violation and lists a clause that holds. */
export function knownFailures(stale: boolean): RunResult {
  const certification = violated();
  const decided = certification.clauses.map((result) =>
    result.status === 'ok' || ['LOCK-01', 'LOCK-03', 'STREAM-08'].includes(result.clause)
      ? result
      : clauseResult(result.clause, 'not-applicable', { reason: 'not declared' }),
  );
  const entries = [
    ...['LOCK-01', 'LOCK-03', 'STREAM-08'].map((clause) => ({ clause, reason: `issue 12 | ${HOSTILE}` })),
    ...(stale ? [{ clause: 'LOCK-05', reason: 'issue 13' }] : []),
  ];
  const baseline = besideBaseline(decided, certification, entries);
  return run('certify', 'lockstep certify ./my-adapter.ts --baseline known.json --seed 814301', {
    certifications: [{ ...certification, ...levelOf(decided, certification), baseline, clauses: decided }],
    exitStatus: stale ? 1 : 0,
  });
}

/** One of so many shards of `certify memory postgres`. */
export function shardRun(index: number, of: number): RunResult {
  const whole = passingCertification();
  const certifications = whole.certifications.map((certification) => {
    const clauses = certification.clauses.map((result, place) =>
      result.status === 'ok' && place % of !== index - 1
        ? clauseResult(result.clause, 'not-run', { reason: ELSEWHERE })
        : result,
    );
    return { ...certification, ...levelOf(clauses, certification), clauses };
  });
  return {
    ...whole,
    repeat: `${whole.repeat} --shard ${index}/${of}`,
    shards: [{ index, of, environment: whole.environment, startedAt: whole.startedAt }],
    certifications,
  };
}

export function okLoad(): RunResult {
  return run('load', 'lockstep load postgres --mix settle-withdraw-race --processes 2 --seed 814301', {
    loads: [healthyLoad(POSTGRES)],
  });
}

/** Memory behind two processes, as a user would run it: a double settle. */
export function violatedLoad(): RunResult {
  return run('load', 'lockstep load memory --mix settle-withdraw-race --processes 2 --seed 814301', {
    loads: [doubleSettleLoad(MEMORY, false)],
    exitStatus: 1,
  });
}

/** The guided main job: both adapters certified, the negative control caught, Postgres under load. */
export function mainJob(): RunResult {
  const loads: LoadResult[] = [doubleSettleLoad(MEMORY, true), healthyLoad(POSTGRES)];
  return run('start', 'npm start', { certifications: [held(MEMORY), held(POSTGRES)], loads });
}

/** Everything at once: own adapter violated, loads of both. */
export function everything(): RunResult {
  return run('start', 'npm start', {
    certifications: [violated(), held(POSTGRES)],
    loads: [doubleSettleLoad(MEMORY, true), healthyLoad(POSTGRES)],
    exitStatus: 1,
  });
}

/** Killed while the second target was certified. */
export function partialRun(): RunResult {
  const { finishedAt: _finishedAt, ...full } = passingCertification();
  const second = held(POSTGRES);
  return {
    ...full,
    partial: true,
    exitStatus: 3,
    certifications: [
      held(MEMORY),
      {
        ...second,
        partial: true,
        level: null,
        levels: NO_LEVELS,
        verdict: 'inconclusive',
        clauses: second.clauses.slice(0, 7),
      },
    ],
  };
}

export const ALL_FIXTURES: Readonly<Record<string, () => RunResult>> = {
  passingCertification,
  violatedCertification,
  okLoad,
  violatedLoad,
  mainJob,
  everything,
  partialRun,
  knownFailures: () => knownFailures(false),
  staleBaseline: () => knownFailures(true),
  shard: () => shardRun(2, 3),
};
