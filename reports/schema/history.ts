/** Shape of a line of a history, see suites/figures/history.ts, and of what is made of the lines, see reports/history/model.ts. */
import * as z from '../../adapters/contract/zod.ts';
import { HISTORY_VERSION, type RecordedRun } from '../../suites/figures/history.ts';
import { UNITS } from '../../suites/figures/metrics.ts';
import { VERDICTS } from '../../suites/result.ts';
import type { HistoryReport } from '../history/model.ts';
import { inStep, type Same } from './inStep.ts';

const named = z.record(z.string(), z.union([z.string(), z.number()]));
const figures = z.record(z.string(), z.number());

const commit = z.strictObject({ id: z.string(), isChanged: z.boolean() });

const historyEntry = z.strictObject({
  schemaVersion: z.literal(HISTORY_VERSION),
  at: z.string(),
  target: z.string(),
  commit: commit.exactOptional(),
  lockstepVersion: z.string(),
  verdict: z.enum(VERDICTS),
  machine: named,
  settings: named,
  figures,
  canary: figures.exactOptional(),
});

inStep<Same<z.infer<typeof historyEntry>, RecordedRun>>();

export const historyEntrySchema: z.ZodType<RecordedRun> = historyEntry;

const interval = z.strictObject({ low: z.number(), high: z.number() });
const count = z.int().min(0);

const figure = z
  .strictObject({
    name: z.string(),
    unit: z.enum(UNITS),
    better: z.enum(['more', 'less']),
    values: z.array(z.union([z.number(), z.null()])),
    level: z.strictObject({ mean: z.number(), interval: interval.exactOptional(), runs: count }),
    trend: z.strictObject({ perRun: z.number(), interval }).exactOptional(),
    changes: z.array(
      z.strictObject({
        run: count,
        before: z.number(),
        after: z.number(),
        ratio: z.number(),
        p: z.number(),
        verdict: z.enum(['faster', 'slower']),
        cause: z.enum(['machine', 'code', 'unknown']),
      }),
    ),
  })
  .meta({ id: 'HistoryFigure', description: 'One figure over the runs of a series.' });

const historyReport = z.strictObject({
  schemaVersion: z.literal(HISTORY_VERSION),
  kind: z.literal('history'),
  lockstepVersion: z.string(),
  createdAt: z.string(),
  repeat: z.string(),
  series: z.array(
    z.strictObject({
      target: z.string(),
      machine: named,
      settings: named,
      runs: z.array(z.strictObject({ at: z.string(), commit: commit.exactOptional() })),
      leftOut: count,
      figures: z.array(figure),
      canaries: z.array(figure),
    }),
  ),
  broken: z.array(z.strictObject({ file: z.string(), line: count, reason: z.string() })),
});

inStep<Same<z.infer<typeof historyReport>, HistoryReport>>();

export const historyReportSchema: z.ZodType<HistoryReport> = historyReport;
