/** Shape of a line of a history, see suites/figures/history.ts. */
import * as z from '../../adapters/contract/zod.ts';
import { HISTORY_VERSION, type HistoryEntry } from '../../suites/figures/history.ts';
import { VERDICTS } from '../../suites/result.ts';
import { inStep, type Same } from './inStep.ts';

const named = z.record(z.string(), z.union([z.string(), z.number()]));
const figures = z.record(z.string(), z.number());

const historyEntry = z.strictObject({
  schemaVersion: z.literal(HISTORY_VERSION),
  at: z.string(),
  target: z.string(),
  commit: z.strictObject({ id: z.string(), isChanged: z.boolean() }).exactOptional(),
  lockstepVersion: z.string(),
  verdict: z.enum(VERDICTS),
  machine: named,
  settings: named,
  figures,
  canary: figures.exactOptional(),
});

inStep<Same<z.infer<typeof historyEntry>, HistoryEntry>>();

export const historyEntrySchema: z.ZodType<HistoryEntry> = historyEntry;
