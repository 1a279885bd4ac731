import fc from 'fast-check';
import { RETRYABLE_CODES } from '../../../adapters/contract/index.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { formatNs } from '../../duration.ts';
import { direct, enter, hold, leave, streamOf, view } from '../../harness/cases/generate.ts';
import { codeOf, finaleValue, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
  type Trial,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { overdueFailure, scripted, turn, waits, type Turn } from '../../harness/cases/script.ts';
import { sectionsOf, type Section } from '../../harness/judging/sections.ts';

interface Case {
  /** The wait timeouts of two or three actors. Each actor holds one lock and requests the lock of the next actor. */
  readonly timeoutsMs: readonly number[];
  /** Whether the callbacks continue after the inner call has failed, or reject with its error. */
  readonly swallow: boolean;
  /** The actors whose locks further actors wait for. Those further actors hold no lock. */
  readonly waiters: readonly number[];
  /**
   * Whether every actor continues as soon as it can, so that waiters read at once. Otherwise the steps have an order.
   */
  readonly free: boolean;
}

/**
 * How long each actor holds its lock before it requests the next one, in milliseconds. Meanwhile all get their first
 * lock.
 */
const HELD_MS = 10;

/** How soon a lock that is free at the end must be granted, in milliseconds. */
const FREE_WITHIN_MS = 2_000;
const BEFORE = 'as it was';

/**
 * Each of two or three actors enters a section of its stream, writes, and then requests the next actor's lock. Other
 * actors wait for these locks. None of the first actors can continue until one of them gives up. Every call must end,
 * errors must be retryable, and all locks must be free at the end. Nothing that a failed section wrote may remain,
 * and the actors that waited behind it must not see it.
 */
export const LOCK_04: AnyProperty = property<Case>({
  clause: 'LOCK-04',
  // Slow, because the programs wait most of the time.
  slow: 5,
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      timeoutsMs: fc.array(fc.integer({ min: 15, max: 45 }), { minLength: 2, maxLength: 3 }),
      swallow: fc.boolean(),
      waiters: fc.array(fc.nat({ max: 2 }), { maxLength: 2 }),
      free: fc.boolean(),
    }),
  examples: () => [
    { timeoutsMs: [20, 35], swallow: false, waiters: [0, 1], free: false },
    { timeoutsMs: [15, 30, 45], swallow: false, waiters: [2, 0], free: true },
  ],
  situations: ({ surfaces }) => [
    ...(surfaces.includes('streams')
      ? [{ name: 'a section in a cycle that had written and failed', occurred: hasWrittenVictim }]
      : []),
    { name: 'a waiter behind a cycle', occurred: (run) => run.input.waiters.length > 0 && hasWaited(run) },
  ],
  trial: (input, scope, subject) => {
    const ids = idsOf(input, scope);
    const count = ids.length;
    const inner = input.timeoutsMs.map((timeoutMs, index): Step => {
      return {
        do: 'enter',
        stream: ids[(index + 1) % count] as string,
        timeoutMs,
        swallow: input.swallow,
      };
    });
    const patient = (id: string): Step => enter(id, { timeoutMs: FREE_WITHIN_MS });
    const waiting = waitersOf(input).map((owner, index) => ({
      actor: count + index,
      id: ids[owner] as string,
    }));
    const stored = subject.surfaces.includes('streams');
    return {
      ...(stored ? { setup: ids.map((id) => direct('streams.create', recordOf(id, BEFORE))) } : {}),
      ...(input.free ? freely : scripted)([
        ...ids.map((id, index) => turn(index, patient(id))),
        ...(stored
          ? ids.map((id, index) => turn(index, view('streams.put', recordOf(id, writtenBy(index)))))
          : []),
        ...(input.free ? waiting.map(({ actor }) => turn(actor, hold(HELD_MS / 2))) : []),
        ...waiting.map(({ actor, id }) => waits(actor, patient(id))),
        ...(input.free ? ids.map((_, index) => turn(index, hold(HELD_MS))) : []),
        ...inner.map((step, index) => (index === count - 1 ? turn(index, step) : waits(index, step))),
        ...ids.map((_, index) => turn(index, leave)),
        ...ids.map((_, index) => turn(index, leave)),
        ...waiting.flatMap(({ actor, id }) => [
          ...(stored ? [waits(actor, view('streams.get', id))] : []),
          waits(actor, leave),
        ]),
      ]),
      finale: ids.flatMap((id) => [patient(id), leave, ...(stored ? [direct('streams.get', id)] : [])]),
      patienceMs: 3_000,
    };
  },
  judge: (run) =>
    wrongCode(run) ??
    refusedEarly(run) ??
    overdueFailure(run, 'a call that cannot be granted ends within its timeout of a few milliseconds') ??
    leftBehind(run),
  exercised: ({ main, input }) => {
    const outer = main.records.filter(
      ({ actor, step, outcome }) => actor < input.timeoutsMs.length && step === 0 && outcome.status === 'ok',
    );
    return new Set(outer.map(({ actor }) => actor)).size === input.timeoutsMs.length;
  },
});

/** The same steps of each actor, without an order. */
function freely(turns: readonly Turn[]): Pick<Trial, 'actors'> {
  return { actors: scripted(turns).actors };
}

/**
 * Whose lock each waiter waits for. With an order of steps, only one actor waits for each lock, because otherwise it
 * is open which of two gets the lock first.
 */
function waitersOf({ timeoutsMs, waiters, free }: Case): readonly number[] {
  const owners = waiters.map((owner) => owner % timeoutsMs.length);
  return free ? owners : [...new Set(owners)];
}

function idsOf({ timeoutsMs }: Case, scope: Scope): string[] {
  return timeoutsMs.map((_, index) => scope.id(`s${index + 1}`));
}

function recordOf(id: string, nextAction: string): ReturnType<typeof streamOf> {
  return streamOf(id, { nextAction });
}

function writtenBy(index: number): string {
  return `written by actor ${index + 1}`;
}

function wrongCode({ main, trial }: TrialRun<unknown>): Failure | undefined {
  for (const record of main.records) {
    const code = codeOf(record);
    if (code === undefined || (RETRYABLE_CODES as readonly string[]).includes(code)) continue;
    const step = trial.actors[record.actor]?.steps[record.step];
    const what = step?.do === 'enter' ? 'Asking for a lock that another waiter holds' : 'The outer section';
    return {
      summary: `${what} (${whoOf(record)}) failed with ${code}, which does not ask the caller to try again.`,
      expected: `success, or one of ${RETRYABLE_CODES.join(', ')}`,
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

/** An actor that holds no lock is in no cycle. Only its own timeout may end its wait. */
function refusedEarly({ main, input, scope }: TrialRun<Case>): Failure | undefined {
  for (const record of main.records) {
    const isWaiter = record.actor >= input.timeoutsMs.length;
    const waitedMs = (record.return - record.call) / 1e6;
    if (!isWaiter || codeOf(record) !== 'LOCK_TIMEOUT' || waitedMs >= FREE_WITHIN_MS / 2) continue;
    const id = idsOf(input, scope)[waitersOf(input)[record.actor - input.timeoutsMs.length] ?? 0];
    return {
      summary: `A caller (${whoOf(record)}) held no lock and waited for "${scope.name(id)}" behind a cycle, and was refused with LOCK_TIMEOUT after ${formatNs(record.return - record.call)} although its timeout was ${FREE_WITHIN_MS} ms.`,
      expected: 'the lock, as soon as the cycle is broken',
      actual: 'LOCK_TIMEOUT',
      marked: [record],
    };
  }
  return undefined;
}

/** The section of each actor of the cycle, in its last run. */
function ownersOf({ input, main, trial }: TrialRun<Case>): (Section | undefined)[] {
  const sections = sectionsOf(main, trial);
  return input.timeoutsMs.map((_, index) =>
    sections.findLast(({ actor, entered }) => actor === index && entered.step === 0),
  );
}

function hasWrittenVictim(run: TrialRun<Case>): boolean {
  return ownersOf(run).some((owner) => owner?.wrote === true && owner.left?.outcome.status === 'error');
}

function hasWaited(run: TrialRun<Case>): boolean {
  const owners = ownersOf(run);
  return sectionsOf(run.main, run.trial).some(
    ({ actor, stream, entered }) =>
      actor >= owners.length && owners.some((owner) => owner?.stream === stream && entered.call < owner.to),
  );
}

interface Look {
  readonly stream: unknown;
  /** The content that the stream shows. Undefined: the stream does not exist. */
  readonly shown: string | undefined;
  readonly who: string;
  /** The time of the read, in nanoseconds. */
  readonly at: number;
  readonly marked: NonNullable<Failure['marked']>;
}

/** What a failed section wrote must be gone, and what a successful one wrote must be there. */
function leftBehind(run: TrialRun<Case>): Failure | undefined {
  const { subject, scope } = run;
  if (!subject.surfaces.includes('streams')) return undefined;
  const owners = ownersOf(run);
  for (const { stream, shown, who, at, marked } of looksOf(run)) {
    const index = owners.findIndex((owner) => owner?.stream === stream);
    const owner = owners[index];
    // A reader that did not wait may have read before the section.
    const wanted = owner === undefined || at < owner.to ? undefined : contentAfter(owner, index, subject);
    if (wanted === undefined || shown === wanted) continue;
    return {
      summary: `A section of "${scope.name(stream)}" in a cycle had written and ${owner?.committed === true ? 'ended well' : `failed with ${codeOf(owner?.left as NonNullable<Section['left']>) ?? 'an error'}`}, and ${who} saw the stream ${shown ?? 'gone'}.`,
      expected: wanted,
      actual: shown ?? 'nothing',
      marked: [...(owner?.left === undefined ? [] : [owner.left]), ...marked],
    };
  }
  return undefined;
}

/** The content that the stream must have after the section. Undefined: anything is allowed. */
function contentAfter(owner: Section, index: number, { capabilities }: Subject): string | undefined {
  if (owner.left === undefined || !owner.wrote) return undefined;
  if (owner.committed) return writtenBy(index);
  const isUnknown = codeOf(owner.left) === 'OUTCOME_UNKNOWN';
  return capabilities.atomic && !isUnknown ? BEFORE : undefined;
}

function looksOf(run: TrialRun<Case>): Look[] {
  const { main, trial, input, scope } = run;
  const contentOf = (value: unknown): string | undefined =>
    (value as { readonly nextAction?: string } | undefined)?.nextAction;
  const waited = main.records.flatMap((record): Look[] => {
    const step = trial.actors[record.actor]?.steps[record.step];
    if (step?.do !== 'call' || step.method !== 'streams.get' || record.outcome.status !== 'ok') return [];
    const who = `who had waited behind it (${whoOf(record)})`;
    return [
      { stream: step.args[0], shown: contentOf(valueOf(record)), who, at: record.call, marked: [record] },
    ];
  });
  const last = idsOf(input, scope).flatMap((stream, index): Look[] => {
    const record = run.finale.find(({ step }) => step === 3 * index + 2);
    if (record?.outcome.status !== 'ok') return [];
    return [
      {
        stream,
        shown: contentOf(finaleValue(run, 3 * index + 2)),
        who: 'an actor that came after all others',
        at: record.call,
        marked: [],
      },
    ];
  });
  return [...waited, ...last];
}
