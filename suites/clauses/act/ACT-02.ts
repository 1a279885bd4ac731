import { inWords } from '../../../scenarios/inWords.ts';
import fc from 'fast-check';
import {
  RETRYABLE_CODES,
  type ActivityEvent,
  type StorageErrorCode,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, pause, pauseMs, swallowed, view } from '../../harness/cases/generate.ts';
import { codeOf, finaleValue, observed, valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { distinctRecords } from '../../harness/parts/distinct.ts';
import { joined } from '../../harness/parts/joined.ts';
import { FIRST, manyOthers, type Kind } from '../../harness/parts/manyOthers.ts';
import { otherParent } from '../../harness/parts/otherParent.ts';
import {
  property,
  TOPOLOGIES,
  type AnyProperty,
  type Failure,
  type Property,
  type Scope,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { answeredRace, lateAnswer } from '../../harness/judging/races.ts';
import { eventOf } from '../../harness/cases/records.ts';
import { literal } from '../../harness/judging/same.ts';

interface Append {
  /** A number for the content of the event. Equal numbers mean equal events. */
  readonly content: number;
  readonly inSection: boolean;
  readonly pauseMs: number;
}

interface Case {
  /** Whether the event exists already, with content 0. */
  readonly exists: boolean;
  readonly appends: readonly Append[];
}

const append: fc.Arbitrary<Append> = fc.record({
  content: fc.nat({ max: 2 }),
  inSection: fc.boolean(),
  pauseMs,
});

/**
 * Several callers append one event id at once, some with equal content and some with other content. One event must be
 * stored, as the first successful caller wrote it. The other calls succeed without effect or fail with
 * ALREADY_EXISTS.
 */
const APPENDS: Property<Case> = {
  clause: 'ACT-02',
  racing: true,
  topologies: TOPOLOGIES,
  arbitrary: () =>
    fc.record({
      exists: fc.boolean(),
      appends: fc.array(append, { minLength: 1, maxLength: 4, size: 'max' }),
    }),
  examples: () => [{ exists: false, appends: [0, 1, 2, 0].map(appending) }],
  trial: ({ exists, appends }, scope, { surfaces }) => ({
    setup: exists ? [direct('activity.append', contentOf(0, scope.id('e1'), scope.id('s1')))] : [],
    actors: appends.map(({ content, inSection, pauseMs }, instance) => {
      const event = contentOf(content, scope.id('e1'), scope.id('s1'));
      const steps: Step[] =
        inSection && surfaces.includes('locks')
          ? [enter(scope.id(`lock${instance + 1}`)), view('activity.append', event), ...pause(pauseMs), leave]
          : [direct('activity.append', event)];
      return { instance, steps };
    }),
    finale: [
      direct('activity.list', { streamId: scope.id('s1'), limit: 10 }),
      // The ids of later trials sort first.
      direct('activity.scan', { limit: 1 }),
      swallowed(direct('activity.append', contentOf(LATECOMER, scope.id('e1'), scope.id('s1')))),
    ],
  }),
  judge: (run) => overwritten(run) ?? latecomer(run),
  situations: () => [answeredRace('activity.append')],
  exercised: ({ input }) => input.exists || input.appends.length > 1,
};

/**
 * Appends many events, and then the first ones again with other content. This finds an adapter that remembers only
 * the latest ids.
 */
const MANY_EVENTS: Kind = {
  situation: 'an event whose id was appended again',
  applies: () => true,
  store: (number, scope) => direct('activity.append', numbered(number, 0, scope)),
  look: (number, scope) => swallowed(direct('activity.append', numbered(number, LATECOMER, scope))),
  finale: (scope) => [direct('activity.list', { streamId: scope.id('s1'), limit: 2 * FIRST })],
  judge: (run, others) => {
    const shown = (pageIn(finaleValue(run, 0)).items as ActivityEvent[]).map(
      ({ description }) => description,
    );
    if (shown.length === FIRST && shown.every((description) => description === 'content 0')) return undefined;
    return {
      summary: `${FIRST} events were appended, then ${others} others, and then the first again with other content: the list of their stream shows ${shown.length} events with ${inWords([...new Set(shown)])}.`,
      expected: `${FIRST} events, as they were first appended`,
      actual: literal(shown),
      marked: observed(run).map(({ record }) => record),
    };
  },
};

export const ACT_02: AnyProperty = property(
  joined(
    joined(joined(APPENDS, distinctRecords('activity')), otherParent('activity')),
    manyOthers(MANY_EVENTS),
  ),
);

/** The content that is appended under the id after all others have finished. */
const LATECOMER = 9;

function appending(content: number): Append {
  return { content, inSection: false, pauseMs: 0 };
}

function contentOf(content: number, id: string, streamId: string): ReturnType<typeof eventOf> {
  // The timestamp is the same for all, so that the adapter cannot decide by it.
  const timestamp = '2026-01-01T00:00:00.000001Z';
  return eventOf(id, { streamId, timestamp, description: `content ${content}`, details: { content } });
}

/** The first events belong to one stream, the others to another stream. */
function numbered(number: number, content: number, scope: Scope): ReturnType<typeof eventOf> {
  return contentOf(content, scope.id(`e${number}`), scope.id(number < FIRST ? 's1' : 's2'));
}

interface Attempt {
  readonly content: number;
  readonly code: StorageErrorCode | 'none' | undefined;
  /** The event that append returned. */
  readonly answer: ActivityEvent | undefined;
}

/** The outcome of each append: of the call itself, or, if writes are buffered, of the end of its section. */
function attemptsOf(run: TrialRun<Case>): Attempt[] {
  return run.input.appends.map(({ content }, actor) => {
    const own = observed(run).filter(({ record }) => record.actor === actor);
    const failed = own.find(({ record }) => codeOf(record) !== undefined);
    const append = own.findLast(({ step }) => step.do === 'call');
    const answer = valueOf(append?.record) as ActivityEvent | undefined;
    return { content, code: failed === undefined ? undefined : codeOf(failed.record), answer };
  });
}

/** Describes an overwritten event, according to the contents that were appended under its id. */
function overwrittenText(contents: readonly number[]): string {
  return new Set(contents).size > 1
    ? 'An event id was appended again with other contents, and the stored event is not the one from before: it was overwritten.'
    : 'An event was appended, and the stored event differs from it.';
}

function overwritten(run: TrialRun<Case>): Failure | undefined {
  const { input } = run;
  const attempts = attemptsOf(run);
  const marked = observed(run)
    .filter(({ step }) => step.do === 'call')
    .map(({ record }) => record);
  const refused = attempts.find(({ code }) => code !== undefined && !mayBe(code));
  if (refused !== undefined) {
    const others = input.exists || attempts.length > 1 ? ' whose id others append too' : '';
    return {
      summary: `Appending an event${others} failed with ${refused.code === 'none' ? 'an error without a code' : refused.code}.`,
      expected: 'ALREADY_EXISTS, or success without effect',
      actual: String(refused.code),
      marked,
    };
  }
  const listed = pageIn(finaleValue(run, 0)).items as ActivityEvent[];
  const [scanned] = pageIn(finaleValue(run, 1)).items as ActivityEvent[];
  const [stored] = listed;
  const winners = input.exists
    ? [0]
    : attempts.filter(({ code }) => code === undefined).map(({ content }) => content);
  if (winners.length === 0) return noWinner(run, attempts, listed, marked);
  if (listed.length !== 1 || stored === undefined) {
    return {
      summary: `An event id was appended ${attempts.length + (input.exists ? 1 : 0)} times, and the stream's list shows ${listed.length} events.`,
      expected: 'one event',
      actual: `${listed.length} events`,
      marked,
    };
  }
  const wanted = [...new Set(winners)].map((content) => `content ${content}`);
  for (const event of [stored, scanned]) {
    const inner = (event?.details as { readonly content?: unknown } | undefined)?.content;
    const isWhole = event !== undefined && event.description === `content ${String(inner)}`;
    if (isWhole && wanted.includes(event.description)) continue;
    return {
      summary: overwrittenText([...(input.exists ? [0] : []), ...attempts.map(({ content }) => content)]),
      ...(event === undefined ? {} : { hint: 'append is an upsert: ON CONFLICT DO UPDATE' }),
      expected: input.exists
        ? 'content 0, as it was first appended'
        : `one of those whose append succeeded: ${wanted.join(', ')}`,
      actual: literal(
        event === undefined ? undefined : { description: event.description, details: event.details },
      ),
      marked,
    };
  }
  return falseSuccess(attempts, stored, marked);
}

/** An append succeeded, but another event is stored: its event was dropped or overwritten. */
function falseSuccess(
  attempts: readonly Attempt[],
  stored: ActivityEvent,
  marked: readonly StepRecord[],
): Failure | undefined {
  const lie = attempts.find(
    ({ code, content, answer }) =>
      code === undefined &&
      [`content ${content}`, answer?.description].some((one) => one !== stored.description),
  );
  if (lie === undefined) return undefined;
  return {
    summary: `Appending the event with content ${lie.content} succeeded, answering with ${lie.answer?.description ?? 'nothing'}, and the stored event has ${stored.description}.`,
    expected: 'ALREADY_EXISTS for another event under an id that exists',
    actual: `success, and the event is lost`,
    marked,
  };
}

/**
 * Judges the case that no append succeeded. That is allowed if all callers were told to try again. ALREADY_EXISTS is
 * wrong then, because no event exists.
 */
function noWinner(
  { subject, input }: TrialRun<Case>,
  attempts: readonly Attempt[],
  listed: readonly unknown[],
  marked: readonly StepRecord[],
): Failure | undefined {
  const refused = attempts.filter(({ code }) => code === 'ALREADY_EXISTS').length;
  // Without `atomic`, a section that failed may still have appended the event.
  const mayStay = !subject.capabilities.atomic && input.appends.some(({ inSection }) => inSection);
  if (refused === 0 && (listed.length === 0 || mayStay)) return undefined;
  return {
    summary:
      refused > 0
        ? `The event did not exist, but ${refused} of ${attempts.length} callers who appended it got ALREADY_EXISTS, and none succeeded; the list shows ${listed.length}.`
        : `Every caller who appended the event was told to try again, but the list shows ${listed.length}.`,
    expected: 'one append succeeds; a caller that is told to try again has changed nothing',
    actual: 'none did',
    marked,
  };
}

/**
 * Judges an append of other content after all others have finished. It must be refused if the event exists, and
 * succeed if it does not.
 */
function latecomer(run: TrialRun<Case>): Failure | undefined {
  return lateAnswer(run, pageIn(finaleValue(run, 0)).items.length > 0, {
    did: 'appended an event',
    again: 'appended',
    besides: ', with other content',
    otherwise: 'there is no such event, and nobody else appends it',
  });
}

/** A racing append may also be told to try again. */
function mayBe(code: StorageErrorCode | 'none'): boolean {
  return code === 'ALREADY_EXISTS' || (code !== 'none' && RETRYABLE_CODES.includes(code));
}
