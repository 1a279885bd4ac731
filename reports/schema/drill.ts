/** Shape of a recorded drill, see reports/drill/model.ts. `schemas/drill.json` is made from it. */
import * as z from '../../adapters/contract/zod.ts';
import { STRIKE_POINTS } from '../../scenarios/faults/points.ts';
import { VERDICTS } from '../../suites/result.ts';
import type { DrillReport } from '../drill/model.ts';
import { judgementSchema } from './clause.ts';
import { inStep, type Same } from './inStep.ts';

const count = z.int().min(0);
const milliseconds = z.number().min(0);

const step = z
  .strictObject({
    number: z.int(),
    name: z.string(),
    way: z.enum(['forward', 'back']),
    verdict: z.enum(VERDICTS),
    reason: z.string().exactOptional(),
    takenMs: milliseconds,
    durationMs: milliseconds,
    settles: count,
    withdraws: count,
    replays: count,
    mismatches: count,
    doubles: count,
    losses: count,
    faults: z.array(
      z.strictObject({
        name: z.string(),
        point: z.enum(STRIKE_POINTS).exactOptional(),
        struck: z.boolean(),
        text: z.string(),
      }),
    ),
    figures: z.record(z.string(), z.number()),
  })
  .meta({ id: 'DrillStep', description: 'One step of the move.' });

const drillReport = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('drill'),
  lockstepVersion: z.string(),
  startedAt: z.string(),
  durationMs: milliseconds,
  repeat: z.string(),
  seed: z.int(),
  partial: z.boolean(),
  source: z.string(),
  target: z.string(),
  services: z.int().min(1),
  evidence: z.string(),
  verdict: z.enum(VERDICTS),
  reason: z.string(),
  judgement: judgementSchema,
  steps: z.array(step),
  authority: z.strictObject({
    probes: count,
    outdatedTried: count,
    outdatedAccepted: count,
    handOvers: count,
    longestGapMs: z.union([milliseconds, z.null()]),
    findings: z.array(z.string()),
  }),
  comparison: z.union([
    z.strictObject({ compared: count, owed: count, differences: z.array(z.string()) }),
    z.null(),
  ]),
});

inStep<Same<z.infer<typeof drillReport>, DrillReport>>();

export const drillReportSchema: z.ZodType<DrillReport> = drillReport;
