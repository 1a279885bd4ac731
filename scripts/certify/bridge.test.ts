/**
 * What this alone proves: of stores behind the bridge what is wrong is found, what is right is not, and the bridge keeps what
 * it provides.
 */
import { describe, expect, it } from 'vitest';
import { defined } from '../../adapters/contract/defined.ts';
import { providedClauses } from '../../adapters/bridge/provided.ts';
import { certify, type CertifyOutcome } from '../../suites/certify.ts';
import type { ClauseStatus } from '../../suites/result.ts';
import { distUrl } from '../paths.ts';

/** Each test certifies a store: dozens of clauses, some of which wait for calls that never return. */
const PATIENCE_MS = 300_000;

/** Examples are run however few are asked for. */
const FEW = 1;

interface Asked {
  readonly only?: readonly string[];
  /** Of stores that processes share. Default: this process alone. */
  readonly inProcesses?: true;
}

const example = new URL('../../examples/streampay/target.ts', import.meta.url).href;
const testing = (name: string): string => distUrl(`adapters/bridge/testing/${name}.js`);

async function certified(
  url: string,
  runs: number,
  { only, inProcesses }: Asked = {},
): Promise<CertifyOutcome> {
  return certify({
    target: { spec: url, url },
    pg: 'embedded',
    runs,
    seed: 20_261_124,
    processes: 2,
    budgetMs: 60_000,
    inProcess: inProcesses !== true,
    shrink: false,
    runId: `b${url.length}`,
    now: () => performance.now(),
    ...defined({ only }),
  });
}

function withStatus({ clauses }: CertifyOutcome, ...statuses: ClauseStatus[]): string[] {
  return clauses.filter(({ status }) => statuses.includes(status)).map(({ clause }) => clause);
}

it('finds what is known of the example, and nothing else', { timeout: PATIENCE_MS }, async () => {
  const outcome = await certified(example, FEW);
  expect(withStatus(outcome, 'error', 'inconclusive')).toEqual([]);
  // IDEM-04 is broken as well, but its programs race with a timer of one millisecond and may win.
  expect(withStatus(outcome, 'violated').filter((id) => id !== 'IDEM-04')).toEqual([
    // A section that asks for its own lock waits for itself.
    'LOCK-03',
    // The stored records themselves are handed out.
    'STREAM-07',
    // base64 that decodes everything.
    'CUR-08',
    // The key is looked up before the lock is taken.
    'IDEM-01',
    'IDEM-02',
    'IDEM-03',
    // The stored answers themselves are handed out, too.
    'IDEM-06',
    // Timers of the process take records away, whatever the clock says.
    'IDEM-08',
    // Scopes and keys are not checked.
    'IDEM-11',
    // A refusal is stored over a success.
    'IDEM-14',
  ]);
  expect(outcome.level).toBeNull();
});

it('finds a lock that two can hold', { timeout: PATIENCE_MS }, async () => {
  const only = ['LOCK-01', 'STREAM-03', 'STREAM-04'];
  const outcome = await certified(testing('brokenTarget'), 25, { only });
  expect(withStatus(outcome, 'violated')).toEqual(only);
});

describe('a correct store', { timeout: PATIENCE_MS }, () => {
  it('breaks nothing, and earns nothing by what the bridge does', async () => {
    const outcome = await certified(testing('correctTarget'), FEW);
    expect(withStatus(outcome, 'violated', 'error', 'inconclusive', 'skipped')).toEqual([]);
    const listed = outcome.clauses.find(({ clause }) => clause === 'CUR-01');
    expect(listed).toMatchObject({
      status: 'not-applicable',
      reason: 'provided by the bridge, which selects, sorts and pages',
      runs: 0,
    });
    // The author's own codec and settlement are there to be judged.
    expect(withStatus(outcome, 'ok')).toEqual(expect.arrayContaining(['CUR-08', 'IDEM-01', 'IDEM-14']));
    expect(outcome.level).toBe('process');
  });

  it('lies under a bridge that keeps the clauses that it provides', async () => {
    const clauses = Object.keys(
      providedClauses({
        cursors: false,
        protocol: false,
        crossInstance: false,
        atomic: false,
      }),
    );
    // Not a matter of one process.
    const only = clauses.filter((id) => id !== 'ACT-04');
    const outcome = await certified(testing('wholeTarget'), FEW, { only });
    expect(withStatus(outcome, 'ok').toSorted()).toEqual(only.toSorted());
  });
});

describe('a store that processes share', () => {
  const only = ['X-01', 'ACT-02', 'IDEM-01', 'IDEM-02', 'EXP-01'];
  const shared = (name: string, runs: number, clauses: readonly string[]): Promise<CertifyOutcome> =>
    certified(testing(name), runs, { only: clauses, inProcesses: true });

  it('holds where its steps are whole', { timeout: PATIENCE_MS }, async () => {
    const outcome = await shared('sharedTarget', FEW, [...only, 'ACT-04']);
    expect(withStatus(outcome, 'ok').toSorted()).toEqual([...only, 'ACT-04'].toSorted());
  });

  it('is judged where it gets, then sets', { timeout: PATIENCE_MS }, async () => {
    const outcome = await shared('racingTarget', 80, ['ACT-02', 'IDEM-01']);
    expect(withStatus(outcome, 'violated')).toEqual(['ACT-02', 'IDEM-01']);
  });

  it('is seen to serve what another instance has changed', { timeout: PATIENCE_MS }, async () => {
    const outcome = await shared('cachedTarget', 30, ['X-01']);
    expect(withStatus(outcome, 'violated')).toEqual(['X-01']);
  });
});
