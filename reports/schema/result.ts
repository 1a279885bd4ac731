/** Shape of a recorded result, see reports/model.ts. `schemas/run.json` is made from it. */
import * as z from '../../adapters/contract/zod.ts';
import { DURABILITIES, LEVELS, SURFACES, type Json } from '../../adapters/contract/index.ts';
import { FAULT_NAMES } from '../../scenarios/faults/catalog.ts';
import { LEVEL_STATUSES } from '../../suites/level.ts';
import { VERDICTS } from '../../suites/result.ts';
import { SCHEMA_VERSION, type LoadResult, type RunEnvironment, type RunResult } from '../model.ts';
import { clauseResultSchema, judgementSchema } from './clause.ts';
import { requestCountsSchema } from './counts.ts';
import { inStep, type Same } from './inStep.ts';
import { thresholdSchema } from './threshold.ts';
import { timelinesSchema } from './timeline.ts';

const count = z.int().min(0);
const duration = z.number().min(0);

const jsonSchema: z.ZodType<Json> = z
  .lazy(() =>
    z.union([
      z.null(),
      z.boolean(),
      z.number(),
      z.string(),
      z.array(jsonSchema),
      z.record(z.string(), jsonSchema),
    ]),
  )
  .meta({ id: 'Json' });

const capabilities = z.strictObject({
  crossInstance: z.boolean(),
  durable: z.union([z.literal(false), z.enum(DURABILITIES)]),
  atomic: z.boolean(),
  fencing: z.boolean(),
  lockTimeout: z.boolean(),
  ttl: z.boolean(),
  idempotencyClaims: z.boolean(),
  exportClaims: z.boolean(),
  tailComplete: z.boolean(),
  recoveryMs: z.union([z.number(), z.null()]),
  poolers: z.array(z.string()),
  replicas: z.boolean(),
});

const targetSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    spec: z.string(),
    surfaces: z.array(z.enum(SURFACES)),
    capabilities,
    ids: z.strictObject({ pattern: z.string(), flags: z.string(), example: z.string() }).exactOptional(),
    storage: jsonSchema,
  })
  .meta({ id: 'TargetSummary', description: 'What was tested.' });

const levelStatus = z.enum(LEVEL_STATUSES);

const certificationSchema = z
  .strictObject({
    target: targetSchema,
    contentHash: z.union([z.string(), z.null()]),
    suites: z.strictObject({
      buildId: z.string(),
      proof: z.union([
        z.strictObject({
          mutants: count,
          killed: count,
          equivalents: count,
          passed: count,
          seeds: count,
          runs: count,
        }),
        z.null(),
      ]),
    }),
    level: z.union([z.enum(LEVELS), z.null()]),
    levels: z.strictObject({
      process: levelStatus,
      cluster: levelStatus,
      durable: levelStatus,
      'fault-tolerant': levelStatus,
    }),
    requestedLevel: z.enum(LEVELS),
    strict: z.boolean(),
    unverified: z.array(capabilities.keyof()),
    verdict: z.enum(VERDICTS),
    baseline: z
      .strictObject({
        entries: z.array(z.strictObject({ clause: z.string(), reason: z.string() })),
        known: z.array(z.string()),
        stale: z.array(z.string()),
        verdict: z.enum(VERDICTS),
      })
      .exactOptional(),
    partial: z.boolean().exactOptional(),
    runs: count,
    budgetMs: duration,
    processes: count,
    inProcess: z.boolean(),
    repeatWith: z.string().exactOptional(),
    durationMs: duration,
    clauses: z.array(clauseResultSchema),
  })
  .meta({ id: 'Certification', description: 'The result of certifying one target.' });

/** Null: there are too few values. */
const measured = z.union([duration, z.null()]);

const percentilesSchema = z
  .strictObject({
    count,
    min: duration,
    mean: duration,
    p50: measured,
    p90: measured,
    p99: measured,
    p999: measured,
    max: duration,
  })
  .meta({ id: 'Percentiles', description: 'In microseconds. null: fewer than ten values lie above it.' });

const sent = { due: count, neverSent: count };

const loopSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('closed') }),
    z.strictObject({ kind: z.literal('open'), ratePerSecond: z.number(), ...sent }),
    z.strictObject({
      kind: z.literal('stepped'),
      closedPerSecond: duration,
      heldPerSecond: measured,
      steps: z.array(
        z.strictObject({
          ratePerSecond: z.number(),
          ...sent,
          fromMs: z.number(),
          toMs: z.number(),
          held: z.boolean(),
          percentiles: percentilesSchema,
        }),
      ),
    }),
  ])
  .meta({ id: 'LoopSummary', description: 'How requests were sent.' });

const generatorSchema = z
  .strictObject({
    cpuShare: duration,
    maxLagMs: duration,
    lateShare: duration,
    limitedBy: z.array(z.enum(['cpu', 'lag'])),
  })
  .meta({
    id: 'GeneratorShare',
    description: 'The load generator itself: cores, milliseconds, shares of 1.',
  });

const cpuSchema = z
  .strictObject({
    us: z.number(),
    bySecond: z.array(z.number()),
    usPerEffect: z.union([z.number(), z.null()]),
  })
  .meta({ id: 'CpuSummary', description: 'User and system time in microseconds.' });

const loadSchema = z
  .strictObject({
    target: targetSchema,
    workload: z.string(),
    mix: z.string(),
    services: count,
    drivers: count,
    connections: count,
    durationMs: duration,
    warmupMs: duration.exactOptional(),
    loop: loopSchema.exactOptional(),
    generator: generatorSchema.exactOptional(),
    silence: z.strictObject({ ms: duration, atMs: z.number() }).exactOptional(),
    cpu: z.strictObject({ services: cpuSchema, drivers: cpuSchema }).exactOptional(),
    operations: count,
    effects: count,
    effectsPerSecond: duration,
    kinds: z.record(z.string(), count),
    negativeControl: z.boolean(),
    evidence: z.string(),
    latencyLog: z.string().exactOptional(),
    outcomes: z.record(z.string(), count),
    codes: z.record(z.string(), count),
    throughput: z.array(
      z.strictObject({
        second: z.number(),
        ok: count,
        fail: count,
        unknown: count,
        effects: count.exactOptional(),
      }),
    ),
    latency: z.array(
      z.strictObject({
        name: z.string(),
        percentiles: percentilesSchema,
        curve: z.array(z.tuple([z.number(), z.number()])),
        corrected: percentilesSchema.exactOptional(),
      }),
    ),
    perService: z.array(z.strictObject({ service: z.int(), requests: count, effects: count })),
    locks: z.strictObject({ wait: percentilesSchema, hold: percentilesSchema }),
    judgement: judgementSchema,
    judgeMs: duration,
    strikes: z.array(z.strictObject({ fault: z.enum(FAULT_NAMES), atMs: z.number() })).exactOptional(),
    counts: z.array(requestCountsSchema).exactOptional(),
    thresholds: z.array(thresholdSchema).exactOptional(),
    timelines: timelinesSchema.exactOptional(),
  })
  .meta({ id: 'LoadResult', description: 'The result of one scenario and its judgement.' });

const environment = z
  .strictObject({ node: z.string(), os: z.string(), cpu: z.string(), cores: count, memoryBytes: count })
  .meta({ id: 'RunEnvironment', description: 'The machine that a run was made on.' });

const runResult = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  command: z.enum(['certify', 'load', 'judge', 'start']),
  repeat: z.string(),
  lockstepVersion: z.string(),
  contractVersion: count,
  startedAt: z.string(),
  finishedAt: z.string().exactOptional(),
  partial: z.boolean(),
  endedEarly: z.strictObject({ by: z.string(), during: z.string().exactOptional() }).exactOptional(),
  seed: z.int(),
  environment,
  shards: z
    .array(z.strictObject({ index: count, of: count, environment, startedAt: z.string() }))
    .exactOptional(),
  certifications: z.array(certificationSchema),
  loads: z.array(loadSchema),
  exitStatus: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(4)]),
});

inStep<Same<z.infer<typeof runResult>, RunResult>>();
inStep<Same<z.infer<typeof loadSchema>, LoadResult>>();

export const environmentSchema: z.ZodType<RunEnvironment> = environment;
/** Also used for results of other kinds that contain loads. */
export const loadResultSchema: z.ZodType<LoadResult> = loadSchema;

export const runResultSchema: z.ZodType<RunResult> = runResult;
