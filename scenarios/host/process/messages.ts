/**
 * The messages of a host. Its process runs an adapter's code, which may write to the channel, by accident or not.
 * Whatever does not have the shape of a message is ignored, so the rest of the code can rely on the shape.
 */
import * as z from '../../../adapters/contract/zod.ts';
import { SURFACES } from '../../../adapters/contract/index.ts';
import { STRAY_KINDS } from '../beside/beside.ts';
import { decode } from '../language/codec.ts';
import { CODEC_FUNCTIONS, type CommandName, type Note, type Reply, type Stalled } from './commands.ts';
import { FAILURE_KINDS, STAGES } from './failure.ts';
import {
  areDecisions,
  areGhosts,
  areHistories,
  areLost,
  areRecords,
  areStuck,
  isCaught,
} from '../language/historyShape.ts';

/** No request contains more acts. */
const MAX_ACTS = 100_000;

const index = z.int().min(0);
const caught = z.custom((value) => isCaught(value));
const records = z.custom((value) => areRecords(value));
const order = z.custom((value) => areDecisions(value));
const stuck = z.custom((value) => areStuck(value));
const ghosts = z.custom((value) => areGhosts(value));
const lost = z.custom((value) => areLost(value));
const histories = z.custom((value) => areHistories(value));

const unavailable = z.looseObject({ unavailable: z.string() });
const loaded = z.looseObject({
  name: z.string(),
  version: z.string(),
  capabilities: z.looseObject({}),
  settlement: z.looseObject({}),
  ids: z.looseObject({ pattern: z.string(), flags: z.string(), example: z.string() }).nullable(),
  provided: z.record(z.string(), z.string()),
  codec: z.array(z.enum(CODEC_FUNCTIONS)),
  environments: z.array(z.string()),
  faults: z.array(z.string()),
  network: z.looseObject({}).nullable(),
  hasStorageCheck: z.boolean(),
});
const codecResult = z.discriminatedUnion('ok', [
  z.looseObject({ ok: z.literal(true) }),
  z.looseObject({ ok: z.literal(false), error: caught }),
]);
const closed = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('closed') }),
  z.looseObject({ status: z.literal('error'), error: caught }),
  z.looseObject({ status: z.literal('hung') }),
]);

const OUTPUTS: Readonly<Record<CommandName, z.ZodType>> = {
  hello: z.null(),
  load: loaded,
  start: z.looseObject({}),
  startEnvironment: z.looseObject({}),
  strike: z.union([z.looseObject({ proof: z.string() }), unavailable]),
  heal: z.null(),
  address: z.looseObject({ host: z.string(), port: z.int() }),
  through: z.unknown(),
  stop: z.null(),
  destroy: z.null(),
  checkStorage: z.string().nullable(),
  open: z.looseObject({ id: z.int(), surfaces: z.array(z.enum(SURFACES)) }),
  closeInstance: closed,
  codec: z.array(codecResult),
  // A run has at least one act.
  run: z.custom((value) => areHistories(value) && (value as unknown[]).length > 0),
  begin: histories,
  end: z.looseObject({ ghosts, garbage: lost, after: histories }),
  zone: z.null(),
  cpu: z.number().min(0),
  ping: z.null(),
  close: z.null(),
};

const beside = z
  .looseObject({
    strays: z.array(
      z
        .looseObject({ kind: z.enum(STRAY_KINDS), process: z.int(), stack: z.string().optional() })
        .and(caught),
    ),
    leaks: z.array(
      z.looseObject({ process: z.int(), kind: z.string(), instances: z.number(), growth: z.number() }),
    ),
  })
  .optional();
const failure = z.looseObject({
  stage: z.enum(STAGES),
  kind: z.enum(FAILURE_KINDS),
  message: z.string(),
  caught: caught.optional(),
  problems: z.array(z.string()).optional(),
});
const note = z.discriminatedUnion('note', [
  z.looseObject({
    note: z.literal('done'),
    run: z.int(),
    done: z.looseObject({ actor: index, step: index, records, next: index.optional() }),
  }),
  z.looseObject({ note: z.literal('abort'), run: z.int(), actor: index }),
  z.looseObject({ note: z.literal('failed'), run: z.int(), message: z.string() }),
  z.looseObject({ note: z.literal('last'), act: index.max(MAX_ACTS), records, order, stuck }),
]);
/** Schemas by the member that only messages of this kind have. */
const MESSAGES: readonly (readonly [member: string, schema: z.ZodType])[] = [
  // The command decides what an output must be.
  ['output', z.looseObject({ id: index, beside })],
  ['note', note],
  ['failure', z.looseObject({ id: index, beside, failure })],
  ['refusal', z.looseObject({ id: index, beside, refusal: z.string() })],
  ['bug', z.looseObject({ id: index, beside, bug: z.string() })],
  ['stalled', z.looseObject({ stalled: z.tuple([index.max(MAX_ACTS), index, index]) })],
];

/** Undefined: the line is no message. */
export function parseMessage(line: string): Reply | Note | Stalled | undefined {
  let value: unknown;
  try {
    value = decode(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const [, schema] = MESSAGES.find(([member]) => Object.hasOwn(value, member)) ?? [];
  // Unknown members are kept, because the value itself is returned.
  return schema?.safeParse(value).success === true ? (value as Reply | Note | Stalled) : undefined;
}

/** Whether `output` is a valid answer to the command. */
export function isOutput(command: CommandName, output: unknown): boolean {
  return OUTPUTS[command].safeParse(output).success;
}
