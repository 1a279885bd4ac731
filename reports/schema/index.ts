/** The JSON Schema (draft 2020-12) of each kind of result, one a line; the package exports them. */
import * as z from '../../adapters/contract/zod.ts';
import { compareReportSchema } from './compare.ts';
import { drillReportSchema } from './drill.ts';
import { historyEntrySchema, historyReportSchema } from './history.ts';
import { migrateReportSchema } from './migrate.ts';
import { mutationReportSchema } from './mutants.ts';
import { runResultSchema } from './result.ts';
import { stressReportSchema } from './stress.ts';

export const JSON_SCHEMAS: Readonly<Record<string, () => Record<string, unknown>>> = {
  run: () => schemaOf('A recorded run of certify, load, judge, merge or start', runResultSchema),
  compare: () => schemaOf('A comparison', compareReportSchema),
  history: () => schemaOf('Figures of recorded runs over time', historyReportSchema),
  historyLine: () => schemaOf('A line of history.jsonl', historyEntrySchema),
  stress: () => schemaOf('A recorded stress run', stressReportSchema),
  drill: () => schemaOf('A recorded drill of a migration', drillReportSchema),
  migrate: () => schemaOf('What lockstep migrate did and found', migrateReportSchema),
  mutants: () => schemaOf('A kill matrix', mutationReportSchema),
};

function schemaOf(description: string, schema: z.ZodType): Record<string, unknown> {
  return { title: 'lockstep result', description, ...z.toJSONSchema(schema) };
}
