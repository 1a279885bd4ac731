import fc from 'fast-check';
import { RETRYABLE_CODES, type StorageErrorCode } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Step } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf, swallowed, view } from '../../harness/cases/generate.ts';
import { inWords } from '../../../scenarios/inWords.ts';
import { codeOf, finaleValue, observed, valueOf } from '../../harness/judging/observe.ts';
import { distinctRecords } from '../../harness/parts/distinct.ts';
import { joined } from '../../harness/parts/joined.ts';
import { listedPrograms } from '../../harness/parts/listedPrograms.ts';
import { IDS_OF_MEMBERS, SAME_IDS } from '../../harness/parts/sameIds.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { answeredRace, lateAnswer } from '../../harness/judging/races.ts';
import { firstDifference, literal } from '../../harness/judging/same.ts';
import { SIMILAR_IDS } from '../../harness/vocabulary/ids.ts';

interface Case {
  /** Whether the stream exists before the creators start. Otherwise they race to create it. */
  readonly exists: boolean;
  /** One entry for each creator: whether it creates in a section of its own. */
  readonly creators: readonly boolean[];
  /**
   * Whether each creator first makes one more read than the creator before it, so that one begins while another is
   * half done.
   */
  readonly staggered: boolean;
  /**
   * The stream's id and a similar one. The stream and the user of the similar id exist from the start and must not
   * change.
   */
  readonly ids: readonly [own: string, other: string];
}

/** Without the groups of spaces and long ids, which an adapter may refuse. */
const GROUPS = ['case', 'accents', 'width', 'normalization', 'separators', 'numbers', 'astral'] as const;

const similar: fc.Arbitrary<Case['ids']> = fc
  .constantFrom(...GROUPS)
  .chain((group) =>
    fc.shuffledSubarray([...(SIMILAR_IDS.entries[group] ?? [])], { minLength: 2, maxLength: 2 }),
  )
  .map(([own, other]) => [own as string, other as string] as const);

const OTHER = 'of the other';

/**
 * One or more callers create a stream that exists, or race to create one. Exactly one call succeeds and the others
 * change nothing. A caller that is told to try again has changed nothing either, and a call after all others have
 * finished must be answered. A stream and a user with a similar id are other records.
 */
const CREATION: Property<Case> = {
  clause: 'STREAM-02',
  racing: true,
  arbitrary: () =>
    fc.record({
      // Only a race finds an adapter that checks first and then writes.
      exists: fc.oneof(
        { weight: 2, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
      creators: fc.array(fc.boolean(), { minLength: 1, maxLength: 4, size: 'max' }),
      staggered: fc.boolean(),
      ids: similar,
    }),
  examples: () =>
    [
      // The smallest example is first: it finds an upsert without a race.
      { exists: true, creators: [false], staggered: false },
      { exists: false, creators: [false, false, false, false], staggered: false },
      { exists: false, creators: [false, false, false, false], staggered: true },
      { exists: false, creators: [true, false, true, false], staggered: false },
    ].map((one) => ({ ...one, ids: ['a-b', 'a_b'] })),
  trial: ({ exists, creators, staggered, ids }, scope, { surfaces }) => {
    const [id, other] = [scope.id(ids[0]), scope.id(ids[1])];
    const user = (walletAddress: string, displayName: string): Step[] =>
      surfaces.includes('users') ? [direct('users.put', { walletAddress, displayName })] : [];
    return {
      setup: [
        ...(exists ? [direct('streams.create', contentOf(id, -1))] : []),
        direct('streams.create', streamOf(other, { nextAction: OTHER })),
        ...user(other, OTHER),
        ...user(id, 'its own'),
      ],
      actors: creators.map((inSection, index) => {
        const content = contentOf(id, index);
        const steps: Step[] =
          inSection && surfaces.includes('locks')
            ? [enter(scope.id(`lock${index + 1}`)), view('streams.create', content), leave]
            : [direct('streams.create', content)];
        const looks = Array.from({ length: staggered ? index : 0 }, () => direct('streams.get', other));
        return { instance: index, steps: [...looks, ...steps] };
      }),
      finale: [
        direct('streams.get', id),
        direct('streams.get', other),
        ...(surfaces.includes('users') ? [direct('users.get', other)] : []),
        swallowed(direct('streams.create', contentOf(id, LATECOMER))),
      ],
    };
  },
  judge: (run) => wrongWinner(run) ?? mistaken(run) ?? latecomer(run),
  situations: () => [answeredRace('streams.create')],
  exercised: ({ input }) => input.exists || input.creators.length > 1,
};

export const STREAM_02: AnyProperty = property(
  joined(
    joined(CREATION, distinctRecords('streams', 'users')),
    listedPrograms([...SAME_IDS, ...IDS_OF_MEMBERS], () => true),
  ),
);

/** The creator that tries once more after all others have finished. */
const LATECOMER = -2;

/**
 * The content differs in every field that a careless upsert would change. -1 is the content that the set-up stores.
 */
function contentOf(id: string, creator: number): ReturnType<typeof streamOf> {
  const writer = creator < 0 ? 'the first' : `creator ${creator + 1}`;
  return streamOf(id, {
    nextAction: writer,
    totalAmount: String(1000 + creator),
    status: creator < 0 ? 'active' : 'draft',
    writer,
  });
}

/** The outcome of a creator, after its last step. */
interface Attempt {
  readonly creator: number;
  readonly code: StorageErrorCode | 'none' | undefined;
}

function attemptsOf(run: TrialRun<Case>): Attempt[] {
  return run.trial.actors.map((_, creator) => {
    const own = observed(run).filter(({ record }) => record.actor === creator);
    // The call itself or, if writes are buffered, the end of its section.
    const failed = own.find(({ step, record }) => step.do === 'call' && codeOf(record) !== undefined);
    const decisive = failed ?? own.at(-1);
    return { creator, code: decisive === undefined ? 'none' : codeOf(decisive.record) };
  });
}

function wrongWinner(run: TrialRun<Case>): Failure | undefined {
  const { input, scope, setup } = run;
  const attempts = attemptsOf(run);
  const winners = attempts.filter(({ code }) => code === undefined).map(({ creator }) => creator);
  const marked = observed(run)
    .filter(({ step }) => step.do === 'call')
    .map(({ record }) => record);
  const stored = finaleValue(run, 0);
  const other = attempts.find(({ code }) => code !== undefined && !mayLoseWith(code));
  if (other !== undefined) {
    return {
      summary: `Creator ${other.creator + 1} of a stream that existed failed with ${other.code === 'none' ? 'an error without a code' : other.code}.`,
      expected: 'ALREADY_EXISTS',
      actual: other.code === 'none' ? 'an error without a code' : String(other.code),
      marked,
    };
  }
  const most = input.exists ? 0 : 1;
  if (winners.length > most) {
    const names = inWords(winners.map((creator) => String(creator + 1)));
    const who = `creator${winners.length === 1 ? '' : 's'} ${names}`;
    return {
      summary: input.exists
        ? `The stream existed, but ${who} created it again.`
        : `The same stream was created by ${who}.`,
      expected: input.exists
        ? 'ALREADY_EXISTS for everybody'
        : 'one creator succeeds, the others get ALREADY_EXISTS',
      actual: `${winners.length} succeeded`,
      ...(input.exists ? { hint: 'create is an upsert' } : {}),
      marked,
    };
  }
  const winner = winners[0];
  if (!input.exists && winner === undefined) return noWinner(run, attempts, stored, marked);
  const id = scope.id(input.ids[0]);
  const expected = input.exists ? valueOf(setup[0]) : contentOf(id, winner ?? 0);
  const losers = input.creators.flatMap((_, creator) => (creator === winner ? [] : [contentOf(id, creator)]));
  return changed(expected, stored, losers, marked);
}

/**
 * Judges the case that no creator succeeded. That is allowed if all were told to try again. ALREADY_EXISTS is wrong
 * then, because no stream exists.
 */
function noWinner(
  { subject, input }: TrialRun<Case>,
  attempts: readonly Attempt[],
  stored: unknown,
  marked: readonly StepRecord[],
): Failure | undefined {
  const refused = attempts.filter(({ code }) => code === 'ALREADY_EXISTS').length;
  if (refused > 0)
    return {
      summary: `The stream did not exist, but ${refused} of ${attempts.length} creators got ALREADY_EXISTS, and none succeeded.`,
      expected: 'one creator succeeds; ALREADY_EXISTS says that the stream exists',
      actual: 'none succeeded',
      marked,
    };
  // Without `atomic`, a section that failed may still have created the stream.
  const mayStay = !subject.capabilities.atomic && input.creators.some(Boolean);
  if (stored === undefined || mayStay) return undefined;
  return {
    summary: 'Every creator of the stream was told to try again, but the stream is stored.',
    expected: 'one creator succeeds; a code that asks to try again says that nothing happened',
    actual: 'none succeeded, but the stream exists',
    marked,
  };
}

/** Judges a creation after all others have finished. It must create the stream, or be told that it exists. */
function latecomer(run: TrialRun<Case>): Failure | undefined {
  return lateAnswer(run, finaleValue(run, 0) !== undefined, {
    did: 'created a stream',
    again: 'created',
    otherwise: 'there is no such stream, and nobody else creates it',
  });
}

/** A racing creation may also be told to try again. */
function mayLoseWith(code: Attempt['code']): boolean {
  return (
    code === 'ALREADY_EXISTS' || (code !== 'none' && code !== undefined && RETRYABLE_CODES.includes(code))
  );
}

/** `losers`: the records that the refused creators passed. */
function changed(
  expected: unknown,
  stored: unknown,
  losers: readonly ReturnType<typeof contentOf>[],
  marked: Failure['marked'],
): Failure | undefined {
  // If creations race, the timestamps are those that the storage has set.
  const known = { ...(stored as object | undefined), ...(expected as object) };
  const difference = firstDifference(known, stored);
  if (difference === undefined) return undefined;
  const { path, actual } = difference;
  const isOfLoser = losers.some((given) => actual !== undefined && given[path] === actual);
  return {
    summary: isOfLoser
      ? `A refused creation changed the stream: its ${path} is what a refused creator gave.`
      : `The stream was created once, and afterwards ${path === '' ? 'it is not there' : `its ${path} is not the one that its creator stored`}.`,
    expected: literal(difference.expected),
    actual: literal(actual),
    ...defined({ marked }),
  };
}

/** A stream or a user with another id was taken for the one that was written. */
function mistaken(run: TrialRun<Case>): Failure | undefined {
  const { input, subject } = run;
  const [own, other] = input.ids.map((id) => literal(id));
  const stream = finaleValue(run, 1) as { readonly nextAction?: unknown } | undefined;
  const user = finaleValue(run, 2) as { readonly displayName?: unknown } | undefined;
  const seen = [{ what: 'stream', text: stream?.nextAction }];
  if (subject.surfaces.includes('users')) seen.push({ what: 'user', text: user?.displayName });
  const wrong = seen.find(({ text }) => text !== OTHER);
  if (wrong === undefined) return undefined;
  return {
    summary: `The ${wrong.what} ${other} changed when another one, ${own}, was written: the two ids are treated as equal.`,
    expected: literal(OTHER),
    actual: literal(wrong.text),
  };
}
