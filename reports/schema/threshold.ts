/** Shape of the outcome of a threshold: see suites/figures/thresholds.ts. */
import * as z from '../../adapters/contract/zod.ts';
import type { Interval } from '../../suites/figures/statistics/paired.ts';
import { OPERATORS, THRESHOLD_OUTCOMES, type ThresholdOutcome } from '../../suites/figures/thresholds.ts';
import { inStep, type Same } from './inStep.ts';

const interval = z
  .strictObject({ low: z.number(), high: z.number() })
  .meta({ id: 'Interval', description: 'In which the value lies with 95 % certainty.' });

const threshold = z
  .strictObject({
    text: z.string(),
    metric: z.string(),
    isRatio: z.boolean(),
    operator: z.enum(OPERATORS),
    limit: z.number(),
    of: z.string(),
    outcome: z.enum(THRESHOLD_OUTCOMES),
    value: z.number().exactOptional(),
    interval: interval.exactOptional(),
    reason: z.string().exactOptional(),
  })
  .meta({ id: 'ThresholdOutcome', description: 'What came of a --threshold.' });

inStep<Same<z.infer<typeof interval>, Interval>>();
inStep<Same<z.infer<typeof threshold>, ThresholdOutcome>>();

export const intervalSchema: z.ZodType<Interval> = interval;
export const thresholdSchema: z.ZodType<ThresholdOutcome> = threshold;
