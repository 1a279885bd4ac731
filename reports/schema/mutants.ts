/** Shape of a kill matrix, see reports/mutation/model.ts. `schemas/mutants.json` is made from it. */
import * as z from '../../adapters/contract/zod.ts';
import { FATES } from '../../suites/mutation/mutation.ts';
import type { MutationReport } from '../mutation/model.ts';
import { clauseResultSchema } from './clause.ts';
import { inStep, type Same } from './inStep.ts';

const count = z.int().min(0);

const specimen = z
  .strictObject({
    kind: z.enum(['mutant', 'equivalent']),
    name: z.string(),
    base: z.string(),
    about: z.string(),
    clauses: z.array(z.string()),
    fate: z.enum(FATES),
    exams: z.array(
      z.strictObject({
        seed: z.int(),
        fate: z.enum(FATES),
        clauses: z.array(clauseResultSchema),
        durationMs: z.number().min(0),
      }),
    ),
  })
  .meta({ id: 'SpecimenResult', description: 'One mutant or equivalent.' });

const mutationReport = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('mutants'),
  lockstepVersion: z.string(),
  contractVersion: z.string(),
  buildId: z.string(),
  startedAt: z.string(),
  durationMs: z.number().min(0),
  repeat: z.string(),
  runs: count,
  seeds: z.array(z.int()),
  processes: count,
  partial: z.boolean(),
  specimens: z.array(specimen),
});

inStep<Same<z.infer<typeof mutationReport>, MutationReport>>();

export const mutationReportSchema: z.ZodType<MutationReport> = mutationReport;
