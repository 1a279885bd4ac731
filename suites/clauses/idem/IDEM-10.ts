import fc from 'fast-check';
import {
  encodeScanCursor,
  type IdempotencyRecord,
  type NewIdempotencyRecord,
  type Page,
  type PutIfAbsentResult,
} from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { Actor, Step } from '../../../scenarios/host/language/program.ts';
import { direct } from '../../harness/cases/generate.ts';
import { calls, codeOf, show, valueOf, whoOf } from '../../harness/judging/observe.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Property,
  type TrialRun,
} from '../../harness/engine/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/cases/records.ts';
import { isRetryable } from '../../harness/cases/refusals.ts';
import { joined } from '../../harness/parts/joined.ts';
import { sweptBehind } from './sweptBehind.ts';

interface Case {
  readonly expired: number;
  /** The index of the record of LIVE that is also stored. */
  readonly live: number;
  /** Whether another actor takes the expired tokens over meanwhile. */
  readonly takenOver: boolean;
  /** The limits of each sweeper's sweeps, in order. */
  readonly sweepers: readonly (readonly number[])[];
}

/**
 * Records that must stay, because they outlive the trial: name, lifetime, and the words that describe them if they
 * are gone.
 */
const LIVE: readonly (readonly [string, Partial<NewIdempotencyRecord>, string])[] = [
  ['late', { expiresAt: FUTURE }, 'expires in the far future'],
  ['soon', { ttlMs: 600_000 }, 'expires in ten minutes'],
  ['never', { createdAt: PAST }, 'never expires'],
];

const SETTLE = 'settle:';
/**
 * Shows more than all trials of a namespace store, without the many live records of `sweptBehind`, whose tokens sort first.
 * Sweeps also delete and count what earlier trials left.
 */
const SCAN: Step = direct('idempotency.scan', { limit: 1000, cursor: encodeScanCursor(SETTLE) });

/**
 * Sweepers delete expired tokens, sometimes while another actor takes the same tokens over. A token that was taken
 * over is live again and must stay, like tokens that expire soon, late or never. No sweep may delete more than its
 * limit, and together they may not count more records than are gone.
 */
const SWEEPS: Property<Case> = {
  clause: 'IDEM-10',
  arbitrary: () =>
    fc.record({
      expired: fc.integer({ min: 1, max: 3 }),
      live: fc.nat({ max: LIVE.length - 1 }),
      takenOver: fc.boolean(),
      sweepers: fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }), {
        minLength: 2,
        maxLength: 3,
      }),
    }),
  examples: () => [
    { expired: 3, live: 1, takenOver: true, sweepers: [[1, 4], [2]] },
    { expired: 3, live: 0, takenOver: false, sweepers: [[2, 4], [4]] },
  ],
  trial: ({ expired, live, takenOver, sweepers }, scope) => {
    const tokens = tokensOf(expired, (name) => scope.id(name));
    const [name, lifetime] = liveOf(live);
    const liveToken = `${SETTLE}${scope.asIs(name)}`;
    const takeover: Step[] = (takenOver ? tokens : []).map((token) =>
      direct('idempotency.putIfAbsent', replayOf(token, { body: '"new"', expiresAt: FUTURE })),
    );
    return {
      setup: [
        direct('idempotency.insert', replayOf(liveToken, { body: '"live"', ...lifetime })),
        ...tokens.map((token) =>
          direct('idempotency.insert', replayOf(token, { body: '"old"', createdAt: PAST, expiresAt: PAST })),
        ),
        ...(takenOver ? [] : [SCAN]),
      ],
      actors: [
        { instance: 0, steps: takeover },
        ...sweepers.map((limits, index): Actor => ({
          instance: index + 1,
          steps: limits.map((limit) => direct('idempotency.deleteExpired', limit)),
        })),
      ],
      finale: [
        ...[liveToken, ...tokens].map((token) => direct('idempotency.get', token)),
        ...(takenOver ? [] : [SCAN]),
      ],
    };
  },
  judge: (run) => refusedSweep(run) ?? overshot(run) ?? lostRecord(run) ?? miscounted(run),
  situations: () => [
    {
      name: 'a sweep that deleted a record',
      occurred: (run) =>
        calls(run, 'idempotency.deleteExpired').some(({ record }) => Number(valueOf(record)) > 0),
    },
    {
      name: 'sweeps between two scans that showed every record',
      occurred: (run) => goneIn(run) !== undefined,
    },
  ],
};

export const IDEM_10: AnyProperty = property(joined(SWEEPS, sweptBehind));

/** A sweep must always be answered, even if it deleted nothing. */
function refusedSweep(run: TrialRun<Case>): Failure | undefined {
  for (const { record } of calls(run, 'idempotency.deleteExpired')) {
    const code = codeOf(record);
    const count = valueOf(record);
    if (code === undefined ? isCount(count) : isRetryable(code)) continue;
    return {
      summary: `A sweep (${whoOf(record)}) ${code === undefined ? `answered ${show(count, run.scope)}` : `failed with ${code === 'none' ? 'an error without a code' : code}`}.`,
      expected: 'the number of records that it deleted',
      actual: code ?? show(count, run.scope),
      marked: [record],
    };
  }
  return undefined;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function overshot(run: TrialRun<Case>): Failure | undefined {
  const wrong = calls(run, 'idempotency.deleteExpired').find(
    ({ record, step }) => Number(valueOf(record)) > Number(step.args[0]),
  );
  if (wrong === undefined) return undefined;
  return {
    summary: `A sweep deleted ${String(valueOf(wrong.record))} records though at most ${String(wrong.step.args[0])} were allowed.`,
    expected: `at most ${String(wrong.step.args[0])}`,
    actual: String(valueOf(wrong.record)),
    marked: [wrong.record],
  };
}

function lostRecord(run: TrialRun<Case>): Failure | undefined {
  const stored = run.finale.map((record) => valueOf(record) as IdempotencyRecord | undefined);
  const swept = stored[0]?.body === '"live"' ? undefined : liveOf(run.input.live);
  const taken = calls(run, 'idempotency.putIfAbsent').find(({ record }, index) => {
    const result = valueOf(record) as PutIfAbsentResult | undefined;
    return result?.stored === true && stored[1 + index]?.body !== '"new"';
  });
  if (swept === undefined && taken === undefined) return undefined;
  const [name, , what] = swept ?? ['', {}, 'had been taken over and was live again'];
  const token =
    taken === undefined ? '' : (taken.step.args[0] as IdempotencyRecord).token.slice(SETTLE.length);
  return {
    summary: `The sweeper deleted a record that ${what}: the next request with this key would be executed a second time.`,
    expected: 'only what is expired at the moment of deletion is deleted',
    actual: `${SETTLE}${name || run.scope.name(token)} is gone`,
    marked: taken === undefined ? [] : [taken.record],
  };
}

/** Records that vanished without being counted are not a violation, because a storage may also sweep by itself. */
function miscounted(run: TrialRun<Case>): Failure | undefined {
  const gone = goneIn(run);
  if (gone === undefined) return undefined;
  const sweeps = calls(run, 'idempotency.deleteExpired').map(({ record }) => record);
  const counted = sweeps.reduce((sum, record) => sum + Number(valueOf(record) ?? 0), 0);
  if (counted <= gone) return undefined;
  return {
    summary: `The sweeps counted ${counted} deleted records together, and ${gone} of those that a scan had shown are gone.`,
    expected: `together at most ${gone}`,
    actual: sweeps.map((record) => String(valueOf(record))).join(' + '),
    marked: sweeps,
  };
}

/** How many expired records are gone. Undefined: the scans before and after do not show every record. */
function goneIn(run: TrialRun<Case>): number | undefined {
  if (run.input.takenOver) return undefined;
  const [before, after] = [expiredIn(run.setup.at(-1)), expiredIn(run.finale.at(-1))];
  return before === undefined || after === undefined ? undefined : before - after;
}

/** All expired records have this year. The comparison ignores how many digits of a second a storage shows. */
const YEAR_OF_PAST = PAST.slice(0, 5);

/** How many expired records the scan shows. Undefined: the scan does not show everything. */
function expiredIn(scan: StepRecord | undefined): number | undefined {
  const page = valueOf(scan) as Page<IdempotencyRecord> | undefined;
  if (page === undefined || page.nextCursor !== undefined) return undefined;
  return page.items.filter(({ expiresAt }) => expiresAt?.startsWith(YEAR_OF_PAST) === true).length;
}

function liveOf(live: number): (typeof LIVE)[number] {
  return LIVE[live] as (typeof LIVE)[number];
}

function tokensOf(count: number, id: (name: string) => string): string[] {
  return Array.from({ length: count }, (_, index) => `settle:${id(`k${index + 1}`)}`);
}
