/**
 * The messages that a service may send. Its process runs an adapter's code, which may write to the channel, by accident
 * or not.
 */
import * as z from '../../../adapters/contract/zod.ts';
import { SURFACES } from '../../../adapters/contract/storageAdapter.ts';
import { STRAY_KINDS } from '../../host/beside/beside.ts';
import { LockstepError } from '../../lockstepError.ts';
import type { ServiceClosed, ServiceEvent, ServiceOpened, ServiceStarted } from '../run/control.ts';

const EVENT = z.union([
  z.strictObject({ reached: z.int(), stream: z.string() }),
  z.strictObject({ entered: z.string() }),
  z.strictObject({ unwritten: z.string() }),
  z.strictObject({ cpu: z.strictObject({ at: z.number(), us: z.number() }) }),
]) satisfies z.ZodType<ServiceEvent>;

/** Undefined: it is no event, and nobody waits for it. */
export function eventOf(said: unknown): ServiceEvent | undefined {
  return EVENT.safeParse(said).data;
}

export const OPENED: z.ZodType<ServiceOpened> = z.looseObject({
  pid: z.int(),
  surfaces: z.array(z.enum(SURFACES)),
});
export const STARTED: z.ZodType<ServiceStarted> = z.looseObject({ port: z.int().min(1).max(65_535) });
const STRAY = z.looseObject({
  kind: z.enum(STRAY_KINDS),
  text: z.string(),
  stack: z.string().exactOptional(),
});
export const CLOSED: z.ZodType<ServiceClosed> = z.array(STRAY);

/** Returns `value`, the answer of `worker`. Throws WORKER_FAILED if it has the wrong shape. */
export function answered<T>(worker: { readonly name: string }, schema: z.ZodType<T>, value: unknown): T {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const shown = (JSON.stringify(value) ?? 'nothing').slice(0, 80);
  throw new LockstepError(
    'WORKER_FAILED',
    `${worker.name} sent ${shown}, which is not a valid message. The adapter writes to lockstep's channel: use another stream or file descriptor.`,
    { details: { code: undefined } },
  );
}
