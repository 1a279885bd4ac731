/**
 * A hundred callers want one stream, many more than there are connections. Each must be served, or refused so that it
 * can try again. The callbacks also read outside their section's stream, and another caller reads without a lock.
 * Waiters must not prevent these reads.
 */
import fc from 'fast-check';
import { RETRYABLE_CODES } from '../../../adapters/contract/index.ts';
import type { Actor } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf } from '../cases/generate.ts';
import { codeOf, observed, whoOf } from '../judging/observe.ts';
import type { Failure, TrialRun } from '../engine/property.ts';
import { sectionsOf } from '../judging/sections.ts';
import type { Part } from './joined.ts';

interface Case {
  readonly waiters: number;
}

const CROWD = 100;
/** How long each caller waits, in milliseconds. */
const BOUND_MS = 3_000;
/** If fewer were served before the first was refused, the holders were prevented from going on. */
const MIN_SERVED = 10;
/** The number of reads of the caller without a lock. */
const READS = 5;

export const crowd: Part<Case> = {
  applies: ({ surfaces }) => surfaces.includes('streams'),
  arbitrary: () => fc.record({ waiters: fc.constant(CROWD / 5) }),
  examples: () => [{ waiters: CROWD }],
  situations: () => [
    {
      name: 'a hundred callers who wait for one stream',
      occurred: ({ input, main, trial }) =>
        input.waiters === CROWD && sectionsOf(main, trial).length > CROWD / 2,
    },
  ],
  trial: ({ waiters }, scope, { capabilities }) => {
    const [wanted, other] = [scope.id('s1'), scope.id('s2')];
    const bound = capabilities.lockTimeout ? { timeoutMs: BOUND_MS } : {};
    const section = [enter(wanted, bound), direct('streams.get', other), leave];
    return {
      setup: [wanted, other].map((id) => direct('streams.create', streamOf(id))),
      actors: [
        ...Array.from({ length: waiters }, (_, index): Actor => ({ instance: index, steps: section })),
        { instance: 0, steps: Array.from({ length: READS }, () => direct('streams.get', other)) },
      ],
      patienceMs: 15_000,
    };
  },
  judge: (run) => kept(run) ?? starved(run),
};

/** A plain read that failed, or a caller that was refused with a code other than a retryable one. */
function kept(run: TrialRun<Case>): Failure | undefined {
  for (const { step, record } of observed(run)) {
    const code = codeOf(record);
    if (code === undefined) continue;
    const isPlain = step.do === 'call';
    if (!isPlain && (RETRYABLE_CODES as readonly string[]).includes(code)) continue;
    return {
      summary: isPlain
        ? `While ${run.input.waiters} callers wanted one stream, a plain read of another (${whoOf(record)}) failed with ${code}.`
        : `One of ${run.input.waiters} callers who wanted one stream (${whoOf(record)}) failed with ${code}, which does not say to come again.`,
      expected: isPlain ? 'the stream' : `success, or one of ${RETRYABLE_CODES.join(', ')}`,
      actual: code,
      marked: [record],
    };
  }
  return undefined;
}

/**
 * A section does almost nothing, so a bound of seconds is enough for many sections, unless waiters occupy what the
 * holders need.
 */
function starved({ input, main, trial }: TrialRun<Case>): Failure | undefined {
  const refused = observed({ main, trial }).find(({ record }) => codeOf(record) === 'LOCK_TIMEOUT');
  if (refused === undefined || input.waiters < 2 * MIN_SERVED) return undefined;
  const served = sectionsOf(main, trial).filter(({ to }) => to <= refused.record.return).length;
  if (served >= MIN_SERVED) return undefined;
  return {
    summary: `Of ${input.waiters} callers who wanted one stream ${served} had been served when the first (${whoOf(refused.record)}) was refused with LOCK_TIMEOUT. Each of their sections makes one plain read.`,
    expected: 'as many are served as the bound has time for',
    actual: `${served} sections`,
    marked: [refused.record],
  };
}
