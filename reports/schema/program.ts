/** Shape of a counterexample's program, see scenarios/host/language/program.ts. */
import { MOVED_KINDS, WRITER_ROLES } from '../../adapters/contract/index.ts';
import * as z from '../../adapters/contract/zod.ts';
import { OPERATIONS } from '../../adapters/protocol/types.ts';
import {
  CLOSINGS,
  METHODS,
  SIDES,
  THROWN,
  TROUBLED_CALLS,
  TROUBLE_KINDS,
  VIAS,
  type Decision,
  type Program,
} from '../../scenarios/host/language/program.ts';
import { inStep, type Same } from './inStep.ts';

const index = z.int().min(0);

const writer = z.strictObject({ epoch: index, role: z.enum(WRITER_ROLES) });

const call = z.strictObject({
  do: z.literal('call'),
  via: z.enum(VIAS),
  method: z.enum(METHODS),
  args: z.array(z.unknown()),
  as: writer.exactOptional(),
  save: z.string().exactOptional(),
  swallow: z.boolean().exactOptional(),
  edits: z.literal(true).exactOptional(),
});

const hold = z.strictObject({ do: z.literal('hold'), ms: z.number() });

const section = z.strictObject({
  do: z.literal('section'),
  stream: z.string(),
  steps: z.array(z.discriminatedUnion('do', [call, hold])),
  throws: z.string().exactOptional(),
});

const steps = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('enter'),
    stream: z.string(),
    elsewhere: index.exactOptional(),
    side: z.enum(SIDES).exactOptional(),
    as: writer.exactOptional(),
    timeoutMs: z.number().exactOptional(),
    abortable: z.union([z.boolean(), z.literal('together')]).exactOptional(),
    aborted: z.literal(true).exactOptional(),
    prefetch: z
      .strictObject({
        streams: z.array(z.string()).exactOptional(),
        tokens: z.array(z.string()).exactOptional(),
      })
      .exactOptional(),
    swallow: z.boolean().exactOptional(),
  }),
  z.strictObject({ do: z.literal('leave') }),
  z.strictObject({
    do: z.literal('throw'),
    message: z.string(),
    thrown: z.enum(THROWN).exactOptional(),
    atOnce: z.literal(true).exactOptional(),
  }),
  call,
  section,
  z.strictObject({
    do: z.literal('spawn'),
    as: z.string(),
    call: z.discriminatedUnion('do', [call, section]),
    whenOver: z.literal(true).exactOptional(),
    late: z.number().exactOptional(),
  }),
  z.strictObject({ do: z.literal('join'), spawned: z.string() }),
  hold,
  z.strictObject({ do: z.literal('abort'), actor: index }),
  z.strictObject({ do: z.literal('mutate'), saved: z.string() }),
  z.strictObject({ do: z.literal('advance'), ms: z.number() }),
  z.strictObject({ do: z.literal('reopen') }),
  z.strictObject({
    do: z.literal('close'),
    side: z.enum(SIDES).exactOptional(),
    how: z.enum(CLOSINGS).exactOptional(),
  }),
  z.strictObject({
    do: z.literal('trouble'),
    side: z.enum(SIDES),
    trouble: z.strictObject({
      how: z.enum(TROUBLE_KINDS),
      of: z.enum(TROUBLED_CALLS),
      store: z.enum([...MOVED_KINDS, 'authority']).exactOptional(),
      naming: z.string().exactOptional(),
      after: index.exactOptional(),
      times: index.exactOptional(),
      ms: z.number().exactOptional(),
    }),
  }),
  z.strictObject({ do: z.literal('heal'), side: z.enum(SIDES) }),
  z.strictObject({
    do: z.literal('request'),
    operation: z.enum(OPERATIONS),
    stream: z.string(),
    key: z.string().exactOptional(),
    body: z.unknown().exactOptional(),
    unreadable: z.literal(true).exactOptional(),
  }),
]);

const program = z
  .strictObject({
    actors: z.array(z.strictObject({ instance: index, steps: z.array(steps) })),
    patienceMs: z.number(),
  })
  .meta({ id: 'Program', description: 'Steps of several actors, as data.' });

const decision = z
  .strictObject({ actor: index, step: index, blocked: z.boolean() })
  .meta({ id: 'Decision', description: 'Which actor was released next, and whether it was found blocked.' });

inStep<Same<z.infer<typeof program>, Program>>();
inStep<Same<z.infer<typeof decision>, Decision>>();

export const programSchema: z.ZodType<Program> = program;
export const decisionSchema: z.ZodType<Decision> = decision;
