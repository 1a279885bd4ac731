import fc from 'fast-check';
import type {
  IdempotencyRecord,
  NewIdempotencyRecord,
  Page,
  PutIfAbsentResult,
} from '../../../adapters/contract/index.ts';
import type { Actor, Step, StepRecord } from '../../../scenarios/host/program.ts';
import { direct } from '../../harness/generate.ts';
import { calls, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure, type TrialRun } from '../../harness/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/records.ts';

interface Case {
  readonly expired: number;
  /** Which of LIVE is there too. */
  readonly live: number;
  /** Whether somebody takes the expired tokens over meanwhile. */
  readonly takenOver: boolean;
  /** What the sweepers are given as limit, one sweep after the other. */
  readonly sweepers: readonly (readonly number[])[];
}

/** Records that must stay, longer than the clause takes: name, lifetime, and what is said of them when they are gone. */
const LIVE: readonly (readonly [string, Partial<NewIdempotencyRecord>, string])[] = [
  ['late', { expiresAt: FUTURE }, 'expires in the far future'],
  ['soon', { ttlMs: 600_000 }, 'expires in ten minutes'],
  ['never', { createdAt: PAST }, 'never expires'],
];

/** Tokens of later trials sort first: this trial's are on the first page. */
const SCAN: Step = direct('idempotency.scan', { limit: 10 });

/**
 * Sweepers delete expired tokens, also while another actor takes the same tokens over. A token that was taken over is
 * live again and must stay, like those that expire soon, late or never. No sweep deletes more than its limit, and
 * together they count no more than what is gone.
 */
export const IDEM_10: AnyProperty = property<Case>({
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
  trial: ({ expired, live, takenOver, sweepers }, scope) => {
    const tokens = tokensOf(expired, (name) => scope.id(name));
    const [name, lifetime] = liveOf(live);
    const liveToken = `settle:${scope.asIs(name)}`;
    const takeover: Step[] = (takenOver ? tokens : []).map((token) =>
      direct('idempotency.putIfAbsent', replayOf(token, { body: '"new"', expiresAt: FUTURE })),
    );
    return {
      setup: [
        // What earlier trials left is out of the way where sweeps are counted.
        ...(takenOver ? [] : [direct('idempotency.deleteExpired', 1000)]),
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
  judge: (run) => overshot(run) ?? lostRecord(run) ?? miscounted(run),
});

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
    taken === undefined ? '' : (taken.step.args[0] as IdempotencyRecord).token.slice('settle:'.length);
  return {
    summary: `The sweeper deleted a record that ${what}: the next request with this key would be executed a second time.`,
    expected: 'only what is expired at the moment of deletion is deleted',
    actual: `settle:${name || run.scope.name(token)} is gone`,
    marked: taken === undefined ? [] : [taken.record],
  };
}

/** What vanished without a sweep is somebody else's business: a storage may sweep by itself. */
function miscounted(run: TrialRun<Case>): Failure | undefined {
  if (run.input.takenOver) return undefined;
  const sweeps = calls(run, 'idempotency.deleteExpired').map(({ record }) => record);
  const counted = sweeps.reduce((sum, record) => sum + Number(valueOf(record) ?? 0), 0);
  const gone = expiredIn(run, run.setup.at(-1)) - expiredIn(run, run.finale.at(-1));
  if (counted <= gone) return undefined;
  return {
    summary: `The sweeps counted ${counted} deleted records together, and ${gone} of those that a scan had shown are gone.`,
    expected: `together at most ${gone}`,
    actual: sweeps.map((record) => String(valueOf(record))).join(' + '),
    marked: sweeps,
  };
}

/** How many of the trial's expired records the scan shows. */
function expiredIn(run: TrialRun<Case>, scan: StepRecord | undefined): number {
  const tokens = tokensOf(run.input.expired, (name) => run.scope.id(name));
  const items = (valueOf(scan) as Page<IdempotencyRecord> | undefined)?.items ?? [];
  return items.filter(({ token }) => tokens.includes(token)).length;
}

function liveOf(live: number): (typeof LIVE)[number] {
  return LIVE[live] as (typeof LIVE)[number];
}

function tokensOf(count: number, id: (name: string) => string): string[] {
  return Array.from({ length: count }, (_, index) => `settle:${id(`k${index + 1}`)}`);
}
