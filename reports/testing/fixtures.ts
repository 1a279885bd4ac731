/** Results as runs leave them, for tests of the renderers. Everything comes from a fixed seed. */
import { CLAUSES, DEFAULT_CAPABILITIES, SURFACES } from '../../adapters/contract/index.ts';
import type { ClauseResult, Counterexample } from '../../suites/result.ts';
import {
  SCHEMA_VERSION,
  type Certification,
  type LoadResult,
  type RunResult,
  type TargetSummary,
} from '../model.ts';
import { doubleSettleLoad, healthyLoad } from './loads.ts';

export const HOSTILE = `</script><img src=x onerror="document.title='owned'">\u202e\u0000'"&<!--`;

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

/** LOCK-01: two processes inside one critical section, and an update that is lost. */
export const LOST_UPDATE: Counterexample = {
  summary:
    'Two processes were inside the critical section of stream "s1" for 4.2 ms; the second write lost the first.',
  expected: 'at most one callback of s1 at a time; releasedAmount "10" after two releases of 5',
  actual: 'process 2 entered s1 while process 1 was inside; releasedAmount "5"',
  path: '14:2:0',
  run: 14,
  shrinks: 6,
  lanes: [
    {
      label: 'process 1, actor 1',
      events: [
        { label: 'enter s1', fromUs: 0, toUs: 310, kind: 'enter' },
        { label: 'streams.get s1 → released=0', fromUs: 420, toUs: 800, kind: 'call', marked: true },
        { label: 'streams.put s1 released=5', fromUs: 4100, toUs: 5150, kind: 'call', marked: true },
        { label: 'leave', fromUs: 5200, toUs: 5600, kind: 'leave' },
      ],
    },
    {
      label: 'process 2, actor 2',
      events: [
        { label: 'enter s1', fromUs: 500, toUs: 900, kind: 'enter' },
        { label: 'streams.get s1 → released=0', fromUs: 950, toUs: 1300, kind: 'call', marked: true },
        { label: 'streams.put s1 released=5', fromUs: 5300, toUs: 6400, kind: 'call', marked: true },
        { label: 'leave', fromUs: 6500, toUs: 6900, kind: 'leave' },
      ],
    },
    {
      label: 'process 2, actor 3',
      events: [
        { label: 'enter s2', fromUs: 100, toUs: 160, kind: 'enter' },
        { label: 'activity.append e1 ✗ CONFLICT', fromUs: 200, toUs: 400, kind: 'error' },
        { label: 'leave', fromUs: 450, toUs: 500, kind: 'leave' },
      ],
    },
  ],
  program: {
    patienceMs: 2000,
    actors: [
      {
        instance: 0,
        steps: [
          { do: 'enter', stream: 's1' },
          { do: 'call', via: 'view', method: 'streams.get', args: ['s1'], save: 'a' },
          {
            do: 'call',
            via: 'view',
            method: 'streams.put',
            args: [
              { $saved: 'a', add: { releasedAmount: 5 }, set: { big: 9007199254740993n, odd: Number.NaN } },
            ],
          },
          { do: 'leave' },
        ],
      },
    ],
  },
  order: [
    { actor: 0, step: 0, blocked: false },
    { actor: 1, step: 0, blocked: false },
  ],
};

const NEVER_RETURNED: Counterexample = {
  summary: 'The nested lock of stream "s1" never returned; the bound of the clause is 2 s.',
  expected: 'the nested call works, or rejects promptly with LOCK_REENTRANT',
  actual: 'no answer within 2 s',
  path: '',
  run: 1,
  shrinks: 0,
  lanes: [
    {
      label: 'process 1',
      events: [
        { label: 'enter s1', fromUs: 0, toUs: 40, kind: 'enter' },
        { label: 'enter s1 never returned', fromUs: 90, toUs: 2_000_000, kind: 'stuck', marked: true },
      ],
    },
  ],
};

/** Ids, labels and messages that want to be markup. */
const HOSTILE_FAILURE: Counterexample = {
  summary: `The id ${HOSTILE} came back changed.`,
  expected: HOSTILE,
  actual: `${HOSTILE}\nsecond line`,
  path: '3:1',
  run: 3,
  shrinks: 1,
  lanes: [
    {
      label: HOSTILE,
      events: [
        { label: `streams.create ${HOSTILE}`, fromUs: 5, toUs: 5, kind: 'call' },
        { label: `streams.get ${HOSTILE}`, fromUs: 5, toUs: 9, kind: 'call', marked: true },
      ],
    },
  ],
};

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
    orders: ran && number % 3 !== 0 ? 12 + number : 0,
    processes: 2,
    instances: 2,
    durationMs: ran ? 200 + ((number * 331) % 2900) : 0,
    seed: 814301,
    ...more,
  };
}

/** Every clause held, was above the level, or did not apply. */
function held(target: TargetSummary): Certification {
  return {
    target,
    level: target.capabilities.crossInstance ? 'cluster' : 'process',
    requestedLevel: target.capabilities.crossInstance ? 'cluster' : 'process',
    verdict: 'ok',
    runs: 100,
    processes: 2,
    durationMs: target === POSTGRES ? 61_230 : 9120,
    clauses: CLAUSES.map((clause) => {
      if (clause.fault)
        return clauseResult(clause.id, 'not-run', { reason: 'needs a fault; above the level' });
      const missing = clause.capabilities.find((name) => !target.capabilities[name]);
      return missing === undefined
        ? clauseResult(clause.id, 'ok')
        : clauseResult(clause.id, 'not-applicable', { reason: `capability ${missing} is not declared` });
    }),
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
  return {
    ...base,
    target: OWN,
    level: null,
    verdict: 'violated',
    durationMs: 31_400,
    clauses: base.clauses.map((result) => {
      const how = broken[result.clause];
      return how === undefined ? result : { ...clauseResult(result.clause, how.status), ...how };
    }),
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
      { ...second, partial: true, level: null, verdict: 'inconclusive', clauses: second.clauses.slice(0, 7) },
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
};
