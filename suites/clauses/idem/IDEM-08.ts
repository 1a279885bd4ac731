import fc from 'fast-check';
import { direct, hold } from '../../harness/generate.ts';
import { calls, valueOf } from '../../harness/observe.ts';
import { property, type AnyProperty, type Failure } from '../../harness/property.ts';
import { FUTURE, PAST, replayOf } from '../../harness/records.ts';

interface Case {
  /** A lifetime in milliseconds that ends during the trial, or a moment that is past or to come. */
  readonly expiry: { readonly ttlMs: number } | { readonly expiresAt: string } | 'never';
}

/** How much longer than the lifetime the trial waits, in milliseconds: stamps may be cut to milliseconds. */
const MARGIN_MS = 5;

/** A record is read at once and after its lifetime. It is there until it expires, and not a moment of use later. */
export const IDEM_08: AnyProperty = property<Case>({
  clause: 'IDEM-08',
  schedules: 'free',
  arbitrary: () =>
    fc.record({
      expiry: fc.oneof(
        fc.integer({ min: 10, max: 20 }).map((ttlMs) => ({ ttlMs })),
        fc.constantFrom({ expiresAt: PAST }, { expiresAt: FUTURE }, { ttlMs: 3_600_000 }, 'never' as const),
      ),
    }),
  trial: ({ expiry }, scope) => {
    const token = `settle:${scope.id('k1')}`;
    const fields = expiry === 'never' ? {} : 'expiresAt' in expiry ? { createdAt: PAST, ...expiry } : expiry;
    const waitMs = waitOf(expiry);
    return {
      actors: [
        {
          instance: 0,
          steps: [
            direct('idempotency.insert', replayOf(token, fields)),
            direct('idempotency.get', token),
            ...(waitMs === 0 ? [] : [hold(waitMs)]),
            direct('idempotency.get', token),
          ],
        },
      ],
    };
  },
  judge: (run) => {
    const { expiry } = run.input;
    const [inserted] = calls(run, 'idempotency.insert');
    const [first, second] = calls(run, 'idempotency.get');
    if (inserted === undefined || first === undefined || second === undefined) return undefined;
    if (inserted.record.outcome.status === 'error')
      return failure('could not be stored', 'a stored record', 'an error');
    const there = [first, second].map(({ record }) => valueOf(record) !== undefined);
    if (expiry === 'never' || ('expiresAt' in expiry && expiry.expiresAt === FUTURE)) {
      return there.includes(false) ? failure('vanished before its time', 'present', 'absent') : undefined;
    }
    if ('expiresAt' in expiry) {
      return there.includes(true) ? failure('was served after its expiry', 'absent', 'present') : undefined;
    }
    // The stamp is taken between call and return of the insert, on the storage's clock.
    const livedNs = first.record.return - inserted.record.call;
    if (there[0] === false && livedNs < expiry.ttlMs * 1e6)
      return failure('vanished before its time', 'present', 'absent');
    if (waitOf(expiry) > 0 && there[1] === true)
      return failure('was served after its expiry', 'absent', 'present');
    return undefined;
  },
});

function waitOf(expiry: Case['expiry']): number {
  return expiry === 'never' || !('ttlMs' in expiry) || expiry.ttlMs > 1000 ? 0 : expiry.ttlMs + MARGIN_MS;
}

function failure(what: string, expected: string, actual: string): Failure {
  return {
    summary: `A replay record ${what}.`,
    expected: `the record is ${expected}`,
    actual: `the record is ${actual}`,
  };
}
