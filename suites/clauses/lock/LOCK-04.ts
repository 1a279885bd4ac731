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
  /** The wait bounds of two or three actors, each of which holds one lock and asks for the next one's. */
  readonly timeoutsMs: readonly number[];
  /** Whether the callbacks carry on after the inner call has failed, or reject with its error. */
  readonly swallow: boolean;
  /** Whose locks others wait for, who hold none. */
  readonly waiters: readonly number[];
  /** Whether everybody goes on as soon as it can, so that waiters look at once. Else the steps have an order. */
  readonly free: boolean;
}

/** How long everybody holds its lock before it asks for another one, in milliseconds: until all have theirs. */
const HELD_MS = 10;

/** What is free afterwards is had within this time in milliseconds. */
const FREE_WITHIN_MS = 2_000;
const BEFORE = 'as it was';

/**
 * Each of two or three actors enters a stream's section, writes, and then asks for the next actor's lock; others wait for
 * the locks behind them. Nobody of the first can go on until somebody gives up: every call ends, what fails is retryable, and
 * afterwards all locks are free. Of what a section has written that failed nothing is left, also for those who waited behind it.
 */
export const LOCK_04: AnyProperty = property<Case>({
  clause: 'LOCK-04',
  // Its programs wait most of the time.
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

/** The same steps of each actor, in no order. */
function freely(turns: readonly Turn[]): Pick<Trial, 'actors'> {
  return { actors: scripted(turns).actors };
}

/** Whose lock each of them waits for. In an order of steps only one waits for each lock: who of two has it first is open. */
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
    const what =
      step?.do === 'enter' ? 'Asking for a lock that another waiter holds' : 'The section around it';
    return {
      summary: `${what} (${whoOf(record)}) failed with ${code}, which does not ask the caller to try again.`,
      expected: `success, or one of ${RETRYABLE_CODES.join(', ')}`,
      actual: code === 'none' ? 'an error without a code' : code,
      marked: [record],
    };
  }
  return undefined;
}

/** Who holds nothing is in no cycle: nothing ends its wait but its own bound. */
function refusedEarly({ main, input, scope }: TrialRun<Case>): Failure | undefined {
  for (const record of main.records) {
    const isWaiter = record.actor >= input.timeoutsMs.length;
    const waitedMs = (record.return - record.call) / 1e6;
    if (!isWaiter || codeOf(record) !== 'LOCK_TIMEOUT' || waitedMs >= FREE_WITHIN_MS / 2) continue;
    const id = idsOf(input, scope)[waitersOf(input)[record.actor - input.timeoutsMs.length] ?? 0];
    return {
      summary: `A caller (${whoOf(record)}) held nothing and waited for "${scope.name(id)}" behind a cycle, and was refused with LOCK_TIMEOUT after ${formatNs(record.return - record.call)} although its timeout was ${FREE_WITHIN_MS} ms.`,
      expected: 'the lock, as soon as the cycle is broken',
      actual: 'LOCK_TIMEOUT',
      marked: [record],
    };
  }
  return undefined;
}

/** The section of each actor of the cycle, as it was run last. */
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
  /** What the stream says of itself; undefined: it is not there. */
  readonly shown: string | undefined;
  readonly who: string;
  /** When it was made, in the nanoseconds of records. */
  readonly at: number;
  readonly marked: NonNullable<Failure['marked']>;
}

/** What a section wrote that failed is gone, and what it wrote that did not is there. */
function leftBehind(run: TrialRun<Case>): Failure | undefined {
  const { subject, scope } = run;
  if (!subject.surfaces.includes('streams')) return undefined;
  const owners = ownersOf(run);
  for (const { stream, shown, who, at, marked } of looksOf(run)) {
    const index = owners.findIndex((owner) => owner?.stream === stream);
    const owner = owners[index];
    // Who did not wait came before it.
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

/** Undefined: anything may be there. */
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
        who: 'who came after all others',
        at: record.call,
        marked: [],
      },
    ];
  });
  return [...waited, ...last];
}
