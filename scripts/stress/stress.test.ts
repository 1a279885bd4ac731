/** What this alone proves of `lockstep stress`: which loads it drives, what it keeps of those that break a rule, and that they come first again. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_CAPABILITIES } from '../../adapters/contract/index.ts';
import type { StressReport } from '../../reports/stress/model.ts';
import { FAULT_NAMES } from '../../scenarios/faults/catalog.ts';
import { MIXES } from '../../scenarios/load/index.ts';
import { distUrl } from '../paths.ts';
import { planStress, type PlannedLoad, type StressTarget } from '../../suites/stress/plan.ts';

const COMMAND = fileURLToPath(distUrl('scripts/lockstep.js'));

const plain: StressTarget = {
  spec: 'plain',
  faults: [],
  faultsOnServer: [],
  network: null,
  capabilities: DEFAULT_CAPABILITIES,
};
const rich: StressTarget = {
  spec: 'rich',
  faults: ['terminate-session', 'restart-storage', 'pool-exhaustion'],
  faultsOnServer: [],
  network: {},
  capabilities: { ...DEFAULT_CAPABILITIES, exportClaims: true },
};

function first(count: number, seed: number, ...targets: readonly StressTarget[]): PlannedLoad[] {
  const plan = planStress(seed, targets);
  return Array.from({ length: count }, () => plan.next().value);
}

describe('the plan', () => {
  it('is every mix under every fault that the target offers, and without one, before any comes again', () => {
    const names = (loads: readonly PlannedLoad[]): string[] =>
      loads.map(({ mix, fault }) => `${mix} ${fault}`).toSorted();
    const withoutExports = MIXES.length - 1;
    const round = names(first(withoutExports * 4, 1, plain));
    expect(new Set(round).size).toBe(round.length);
    expect(round).toContain('hot-stream null');
    expect(round).not.toContain('hot-stream blackhole');
    expect(round).not.toContain('export-workers null');
    const richRound = names(first(MIXES.length * (FAULT_NAMES.length + 1), 1, rich));
    expect(new Set(richRound).size).toBe(richRound.length);
    expect(richRound).toContain('export-workers blackhole');
  });

  it('leaves out what strikes a storage that lives in the process of its only service', () => {
    const faults = new Set(first(100, 1, { ...plain, isAlone: true }).map(({ fault }) => fault));
    expect(faults).toEqual(new Set([null, 'freeze-holder']));
  });

  it('follows from its seed', () => {
    expect(first(200, 7, plain, rich)).toEqual(first(200, 7, plain, rich));
    expect(first(200, 8, plain, rich)).not.toEqual(first(200, 7, plain, rich));
    const seeds = first(200, 7, plain, rich).map(({ seed }) => seed);
    expect(new Set(seeds).size).toBe(200);
  });
});

describe('the command', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'lockstep-stress-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function stress(...args: readonly string[]): { status: number | null; out: string; err: string } {
    const ownArgs = [
      'stress',
      'memory',
      // A lock in process memory breaks the rules behind two.
      '--processes',
      '2',
      '--time',
      '0.01',
      '--duration',
      '1',
      '--regressions',
      'kept',
      ...args,
    ];
    return lockstep(...ownArgs);
  }
  function lockstep(...args: readonly string[]): { status: number | null; out: string; err: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], {
      cwd: dir,
      encoding: 'utf8',
    });
    return { status, out: stdout, err: stderr };
  }
  const reportOf = (out: string): StressReport =>
    JSON.parse(readFileSync(join(dir, out, 'stress.json'), 'utf8')) as StressReport;

  it('keeps what broke a rule, with its evidence, and drives it first the next time', () => {
    const found = stress('--seed', '3', '--out', 'one');
    expect(found.status, found.err).toBe(1);
    expect(found.out).toContain('broke a rule');
    const [run] = reportOf('one').runs;
    expect(run).toMatchObject({ target: 'memory', verdict: 'violated', isRegression: false });
    expect(existsSync(join(dir, 'one', run?.evidence ?? 'none'))).toBe(true);
    for (const name of ['stress.html', 'stress.md'])
      expect(readFileSync(join(dir, 'one', name), 'utf8')).toContain(run?.repeat);
    expect(readdirSync(join(dir, 'kept'))).toHaveLength(1);
    // Whatever reads folders reads this one.
    const junit = lockstep('report', 'one', '--reporter', 'junit');
    expect(junit.status).toBe(1);
    expect(junit.out).toContain('<testsuite name="stress memory"');
    const judged = lockstep('judge', 'one', '--json', '--out', 'judged');
    expect(JSON.parse(judged.out)).toMatchObject({
      command: 'judge',
      loads: [{ target: { spec: 'memory' } }],
    });
    expect(judged.status).toBe(1);

    expect(stress('--seed', '2', '--out', 'two').status).toBe(1);
    const { mix, fault, seed } = run ?? {};
    expect(reportOf('two').runs[0]).toMatchObject({ mix, fault, seed, isRegression: true });
  }, 120_000);

  it('says what is wrong with a file that is no such load', () => {
    writeFileSync(join(dir, 'kept', 'slip.json'), '{"target": "memory"}');
    const { status, err } = stress();
    expect(status).toBe(2);
    expect(err).toMatch(/slip\.json: expected a failed load .*; mix: /);
  });
});
