/** Shape of the counted costs of single requests: see scenarios/counting. */
import * as z from '../../adapters/contract/zod.ts';
import type { RequestCounts } from '../../scenarios/counting/index.ts';
import { COUNTED_KINDS } from '../../scenarios/counting/requests.ts';
import { inStep, type Same } from './inStep.ts';

const count = z.int().min(0);

const requestCounts = z
  .strictObject({
    kind: z.enum(COUNTED_KINDS),
    requests: count,
    isSteady: z.boolean(),
    flights: count,
    statements: count,
    bytesOut: count,
    bytesIn: count,
  })
  .meta({ id: 'RequestCounts', description: 'What one request of a kind costs its database.' });

inStep<Same<z.infer<typeof requestCounts>, RequestCounts>>();

export const requestCountsSchema: z.ZodType<RequestCounts> = requestCounts;
