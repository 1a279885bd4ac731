/** Shape of the timelines that a load's result keeps, see reports/check/timeline/data.ts. */
import * as z from '../../adapters/contract/zod.ts';
import type { LoadTimelines } from '../check/timeline/loadTimelines.ts';
import { inStep, type Same } from './inStep.ts';

const place = z.int().min(0);
const time = z.union([z.number(), z.null()]);
const noted = z.array(z.tuple([place, z.string()]));

const order = {
  ids: z.array(place),
  places: z.array(place),
  at: z.array(z.number()),
  stuck: noted,
};

const keySchema = z
  .strictObject({
    key: z.string(),
    verdict: z.enum(['ok', 'illegal', 'unknown']),
    operations: place,
    words: z.array(z.string()),
    from: z.number(),
    lanes: z.array(z.strictObject({ client: z.number(), rows: place })),
    call: z.array(z.number()),
    end: z.array(time),
    row: z.array(place),
    client: z.array(z.number()),
    label: z.array(place),
    labels: z.array(z.string()),
    full: noted,
    optional: z.array(place),
    whole: z.strictObject(order).exactOptional(),
    core: z
      .strictObject({ ...order, core: z.array(place), widened: z.array(z.tuple([time, time])) })
      .exactOptional(),
    named: noted,
  })
  .meta({ id: 'Timeline', description: 'What clients saw of one stream, in columns.' });

const timelines = z.strictObject({ streams: z.array(keySchema), more: place });

inStep<Same<z.infer<typeof timelines>, LoadTimelines>>();

export const timelinesSchema: z.ZodType<LoadTimelines> = timelines;
