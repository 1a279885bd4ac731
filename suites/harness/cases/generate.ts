/** Arbitraries and steps that many properties share. */
import fc from 'fast-check';
import type { NewStream } from '../../../adapters/contract/index.ts';
import { PLAIN_STREAM } from '../../../scenarios/host/running/plainCalls.ts';
import type { Actor, Argument, CallStep, Method, Step } from '../../../scenarios/host/language/program.ts';

type EnterStep = Extract<Step, { readonly do: 'enter' }>;

/** A stream that is valid in every field. `fields` replace some of them. */
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

/** A call through the section's view; outside a section, through the instance. */
export function view(method: Method, ...args: Argument[]): CallStep {
  return { do: 'call', via: 'view', method, args };
}

/** A call on the instance itself. */
export function direct(method: Method, ...args: Argument[]): CallStep {
  return { do: 'call', via: 'instance', method, args };
}

/** A section of `stream` with these steps inside. */
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

/** The same call, which saves its result under `name`. */
export function saved(name: string, step: CallStep): CallStep {
  return { ...step, save: name };
}

/** The same call. Its caller later changes the arguments in place. */
export function edited(step: CallStep): CallStep {
  return { ...step, edits: true };
}

/** The same call. The callback ignores its error. */
export function swallowed(step: CallStep): CallStep {
  return { ...step, swallow: true };
}

/**
 * Any character of Unicode, as a unit of texts. fast-check's own unit `binary` builds a table of all characters when
 * its module is loaded, which takes a second.
 */
export const codePoint: fc.Arbitrary<string> = fc
  .oneof(
    fc.integer({ min: 0x20, max: 0x7e }),
    fc.integer({ min: 0, max: 0xff }),
    fc.integer({ min: 0x100, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((point) => String.fromCodePoint(point));

/** A short pause in milliseconds, usually 0. Inside a section it makes it more likely that a bug shows. */
export const pauseMs: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 }) },
);

/** `pauseMs` as steps: none at all for 0. */
export function pause(ms: number): Step[] {
  return ms === 0 ? [] : [hold(ms)];
}

/** Moves the clock. The trial must move it back at its end, because other trials use the instance too. */
export function moveClock(ms: number): Step[] {
  return ms === 0 ? [] : [{ do: 'advance', ms }];
}

/**
 * Actors that make their visits one after another, each on an instance of its own. The visits of all actors are numbered
 * from 1.
 */
export function visitors<Visit>(
  visits: readonly (readonly Visit[])[],
  stepsOf: (visit: Visit, number: number) => readonly Step[],
): Actor[] {
  let number = 0;
  return visits.map((own, instance) => {
    const steps = own.flatMap((visit) => {
      number += 1;
      return stepsOf(visit, number);
    });
    return { instance, steps };
  });
}
