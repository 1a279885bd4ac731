/** Shape of a recorded stress run, see reports/stress/model.ts. `schemas/stress.json` is made from it. */
import * as z from '../../adapters/contract/zod.ts';
import { FAULT_NAMES } from '../../scenarios/faults/catalog.ts';
import { RULES, VERDICTS } from '../../suites/result.ts';
import type { StressReport } from '../stress/model.ts';
import { laneSchema, tallySchema } from './clause.ts';
import { inStep, type Same } from './inStep.ts';

const count = z.int().min(0);
const milliseconds = z.union([z.number().min(0), z.null()]);
const fault = z.union([z.enum(FAULT_NAMES), z.null()]);

const runSchema = z
  .strictObject({
    target: z.string(),
    mix: z.string(),
    fault,
    seed: z.int(),
    isRegression: z.boolean(),
    verdict: z.enum(VERDICTS),
    reason: z.string(),
    isWeak: z.boolean().exactOptional(),
    operations: count,
    durationMs: z.number().min(0),
    tally: tallySchema,
    struck: count,
    recovery: z.strictObject({ others: z.array(milliseconds), self: z.array(milliseconds) }),
    broken: z
      .strictObject({
        rule: z.enum(RULES),
        summary: z.string(),
        stream: z.string().exactOptional(),
        services: z.array(z.int()),
        lanes: z.array(laneSchema),
      })
      .exactOptional(),
    repeat: z.string(),
    evidence: z.string().exactOptional(),
  })
  .meta({ id: 'StressRun', description: 'One load, judged.' });

const stressReport = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('stress'),
  lockstepVersion: z.string(),
  startedAt: z.string(),
  durationMs: z.number().min(0),
  repeat: z.string(),
  seed: z.int(),
  partial: z.boolean(),
  runs: z.array(runSchema),
  pairs: z.array(z.strictObject({ target: z.string(), mix: z.string(), fault })).exactOptional(),
  leftOut: z.array(z.strictObject({ target: z.string(), fault, why: z.string() })).exactOptional(),
});

inStep<Same<z.infer<typeof stressReport>, StressReport>>();

export const stressReportSchema: z.ZodType<StressReport> = stressReport;
