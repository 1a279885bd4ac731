/** Shape of a recorded comparison, see reports/compare/model.ts. */
import * as z from '../../adapters/contract/zod.ts';
import { COMPARISONS } from '../../suites/figures/verdict.ts';
import { UNITS } from '../../suites/figures/metrics.ts';
import { COMPARE_VERSION, type CompareReport } from '../compare/model.ts';
import { requestCountsSchema } from './counts.ts';
import { inStep, type Same } from './inStep.ts';
import { intervalSchema, thresholdSchema } from './threshold.ts';
import { environmentSchema, loadResultSchema } from './result.ts';

const count = z.int().min(0);
const part = z.number().min(0);

const ratio = z
  .strictObject({
    rounds: count,
    ratio: part,
    interval: intervalSchema.exactOptional(),
    hodgesLehmann: part,
    sd: part,
    p: part,
  })
  .meta({ id: 'PairedRatio', description: 'The ratio of two series of figures measured in pairs.' });

const metric = z
  .strictObject({
    name: z.string(),
    text: z.string(),
    unit: z.enum(UNITS),
    better: z.enum(['more', 'less']),
    base: z.number(),
    other: z.number(),
    missing: count,
    ratio,
    itself: ratio.exactOptional(),
    verdict: z.enum(COMPARISONS),
    reason: z.string(),
    threshold: part,
    margin: part,
    roundsToDecide: z.union([count, z.null()]).exactOptional(),
  })
  .meta({ id: 'MetricComparison', description: 'One figure of one side, beside the base.' });

const run = z.strictObject({ side: count, isAgain: z.boolean(), load: loadResultSchema });

const compareReport = z.strictObject({
  schemaVersion: z.literal(COMPARE_VERSION),
  kind: z.literal('compare'),
  lockstepVersion: z.string(),
  contractVersion: count,
  startedAt: z.string(),
  finishedAt: z.string().exactOptional(),
  partial: z.boolean(),
  endedEarly: z.strictObject({ by: z.string(), during: z.string().exactOptional() }).exactOptional(),
  repeat: z.string(),
  seed: z.int(),
  environment: environmentSchema,
  pairing: z.enum(['paired', 'unpaired']),
  settings: z.strictObject({
    mix: z.string(),
    processes: count,
    drivers: count,
    connections: count,
    operations: count.exactOptional(),
    rounds: count,
    runsBaseTwice: z.boolean(),
  }),
  sides: z.array(
    z.strictObject({
      name: z.string(),
      spec: z.string(),
      commit: z.strictObject({ id: z.string(), isChanged: z.boolean() }).exactOptional(),
      contractVersion: count.exactOptional(),
      counts: z.array(requestCountsSchema).exactOptional(),
    }),
  ),
  rounds: z.array(z.strictObject({ number: count, seed: z.int(), runs: z.array(run) })),
  gate: z.string().exactOptional(),
  comparisons: z.array(z.strictObject({ side: count, metrics: z.array(metric) })),
  refused: z.array(z.strictObject({ kind: z.enum(['not-ok', 'differs']), text: z.string() })),
  thresholds: z.array(thresholdSchema),
  exitStatus: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(4)]),
});

inStep<Same<z.infer<typeof compareReport>, CompareReport>>();

export const compareReportSchema: z.ZodType<CompareReport> = compareReport;
