/** Arbitraries and steps that many properties share. */
import fc from 'fast-check';
import type { NewStream } from '../../../adapters/contract/index.ts';
import { PLAIN_STREAM } from '../../../scenarios/host/running/plainCalls.ts';
import type { Argument, CallStep, Method, Step } from '../../../scenarios/host/language/program.ts';

type EnterStep = Extract<Step, { readonly do: 'enter' }>;

/** A stream that is valid in every field; `fields` override. */
export function streamOf(id: string, fields: Partial<NewStream> = {}): NewStream {
  return {
    id,
    ...PLAIN_STREAM,
    ...fields,
  };
}

export const enter = (stream: string, options: Omit<EnterStep, 'do' | 'stream'> = {}): Step => ({
  do: 'enter',
  stream,
  ...options,
});
export const leave: Step = { do: 'leave' };
export const hold = (ms: number): Step => ({ do: 'hold', ms });

/** A call through the section's view; outside a section through the instance. */
export function view(method: Method, ...args: Argument[]): CallStep {
  return { do: 'call', via: 'view', method, args };
}

/** A call on the instance itself. */
export function direct(method: Method, ...args: Argument[]): CallStep {
  return { do: 'call', via: 'instance', method, args };
}

/** A section of `stream` around these steps. */
export function around(
  stream: string,
  steps: readonly Step[],
  options: Omit<EnterStep, 'do' | 'stream'> = {},
): Step[] {
  return [enter(stream, options), ...steps, leave];
}

/** A section of `stream` with these calls, through its view. */
export function inView(
  stream: string,
  calls: readonly CallStep[],
  options: Omit<EnterStep, 'do' | 'stream'> = {},
): Step[] {
  const viewed = calls.map((call): CallStep => ({ ...call, via: 'view' }));
  return around(stream, viewed, options);
}

/** The same call with its result kept under `name`. */
export function saved(name: string, step: CallStep): CallStep {
  return { ...step, save: name };
}

/** The same call, whose caller then changes, in place, what it gave. */
export function edited(step: CallStep): CallStep {
  return { ...step, edits: true };
}

/** The same call, its error swallowed by the callback. */
export function swallowed(step: CallStep): CallStep {
  return { ...step, swallow: true };
}

/**
 * Any character of Unicode, as a unit of texts. fast-check's own unit `binary` builds a table of them all as the module
 * is loaded, which takes a second.
 */
export const codePoint: fc.Arbitrary<string> = fc
  .oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0x100, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((point) => String.fromCodePoint(point));

/** A short pause in milliseconds, mostly none: where it stands inside a section it widens the window of a bug. */
export const pauseMs: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) },
);

/** `pauseMs` as steps: none at all for 0. */
export function pause(ms: number): Step[] {
  return ms === 0 ? [] : [hold(ms)];
}

/** To be moved back in the end: other trials use the instance too. */
export function moveClock(ms: number): Step[] {
  return ms === 0 ? [] : [{ do: 'advance', ms }];
}
