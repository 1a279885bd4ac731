import type { Measured } from '../../scenarios/load/measuring/measured.ts';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../scenarios/evidence.ts';
import { createRandom } from '../../scenarios/random.ts';
import type { Judgement, RuleName } from '../result.ts';
import { judge } from './index.ts';
import { MAX_FINDINGS } from './findings.ts';
import { BUGS } from './testing/bugs.ts';
import { mutableCopy } from './testing/sites.ts';
import { NO_MINIMUMS, simulate } from './testing/synthetic.ts';
import type { SyntheticOptions } from './testing/simulation.ts';

const CORRECT_SEEDS = 24;
const BUG_SEEDS = 2;

/** Bugs by which something took effect twice. */
const DOUBLES = ['double settle', 'token executed twice'];

const WORKLOADS = ['balance', 'lifecycle'] as const;

function streamsOf(workload: (typeof WORKLOADS)[number]): number {
  return workload === 'balance' ? 8 : 60;
}

function violatedRules(judgement: Judgement): RuleName[] {
  return judgement.rules.filter((rule) => rule.verdict === 'violated').map((rule) => rule.rule);
}

function run(options: Partial<SyntheticOptions> = {}): Evidence {
  return simulate({ operations: 250, ...options });
}

describe('a correct run', () => {
  for (const workload of WORKLOADS) {
    for (const atomic of [true, false]) {
      it(`is ok, ${workload}, ${atomic ? 'atomic' : 'not atomic'}`, () => {
        for (let seed = 1; seed <= CORRECT_SEEDS; seed += 1) {
          const evidence = run({
            seed,
            workload,
            streams: streamsOf(workload),
            services: 1 + (seed % 3),
            trouble: seed % 2 === 0 ? 0.05 : 0.3,
            capabilities: { atomic, crossInstance: true },
          });
          const { verdict, reason, tally } = judge(evidence);
          expect({ seed, verdict, reason }).toEqual({ seed, verdict: 'ok', reason });
          expect(tally).toMatchObject({ lost: 0, doubled: 0 });
        }
      });
    }
  }

  it('changes nothing in the evidence', () => {
    const evidence = run();
    const before = JSON.stringify(evidence);
    judge(evidence);
    expect(JSON.stringify(evidence)).toBe(before);
  });
});

describe('a seeded bug', () => {
  for (const [name, seedBug] of Object.entries(BUGS)) {
    it(`is seen: ${name}`, () => {
      for (let seed = 1; seed <= BUG_SEEDS; seed += 1) {
        const workload = WORKLOADS[seed % 2] as (typeof WORKLOADS)[number];
        const evidence = mutableCopy(run({ seed, workload, streams: streamsOf(workload), operations: 250 }));
        const { rule, stream } = seedBug(evidence, createRandom(seed));
        const judgement = judge(evidence);
        expect(judgement.verdict).toBe('violated');
        expect(violatedRules(judgement)).toContain(rule);
        const { findings = [] } = judgement.rules.find((one) => one.rule === rule) ?? {};
        if (stream !== undefined) expect(findings.map((finding) => finding.stream)).toContain(stream);
        for (const finding of findings) expect(finding.summary).toMatch(/\.$/);
        if (DOUBLES.includes(name)) expect(judgement.tally.doubled).toBeGreaterThan(0);
      }
    });
  }
});

describe('storage in the memory of each service', () => {
  it('is caught settling a stream twice, with the stream and both services named', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const evidence = run({
        seed,
        workload: 'lifecycle',
        streams: 20,
        splitBrain: true,
        capabilities: { atomic: true, crossInstance: false },
      });
      const judgement = judge(evidence);
      expect(violatedRules(judgement)).toEqual(expect.arrayContaining(['revision-chain', 'audit']));
      const chain = judgement.rules.find((rule) => rule.rule === 'revision-chain');
      const double = chain?.findings.find((finding) => finding.services.length === 2);
      expect(double?.stream).toMatch(/^stream-/);
      expect(double?.services).toEqual([1, 2]);
      expect(double?.lanes.length).toBe(2);
      expect(judgement.tally.doubled).toBeGreaterThan(0);
    }
  });

  it('is right for one service', () => {
    const evidence = run({ services: 1, splitBrain: true, capabilities: { atomic: true } });
    expect(judge(evidence).verdict).toBe('ok');
  });
});

describe('a storage that failed', () => {
  it('leaves nothing to judge, whatever the evidence shows', () => {
    const evidence = run({ splitBrain: true, capabilities: { atomic: true, crossInstance: true } });
    expect(judge(evidence).verdict).toBe('violated');
    const header = { ...evidence.header, storageFailure: 'the connection was refused.' };
    const { verdict, reason, rules } = judge({ ...evidence, header });
    expect(verdict).toBe('inconclusive');
    expect(reason).toContain('the storage cannot be relied on: the connection was refused.');
    expect(rules.filter((rule) => rule.verdict !== 'inconclusive')).toEqual([]);
  });
});

describe('findings', () => {
  it('are all counted, and the first ones kept', () => {
    const evidence = run({ splitBrain: true, operations: 1500, capabilities: { atomic: true } });
    const chain = judge(evidence).rules.find((rule) => rule.rule === 'revision-chain');
    expect(chain?.findings.length).toBe(MAX_FINDINGS);
    expect(chain?.violations).toBeGreaterThan(MAX_FINDINGS);
  });
});

describe('storage that returns garbage', () => {
  const GARBAGE: readonly unknown[] = [undefined, null, 5, 'x', {}, [], -1, true];

  it('is judged all the same', () => {
    const clean = run({ seed: 5, operations: 120 });
    for (let seed = 1; seed <= 100; seed += 1) {
      const random = createRandom(seed);
      const evidence = mutableCopy(clean);
      const audits = random.integer(2) === 0 ? evidence.audits : evidence.audits.slice(0, 1);
      const list = random.pick(['streams', 'activity', 'idempotency'] as const);
      const row = random.integer(evidence.audits[0]?.[list].length ?? 0);
      const spoilRow = random.integer(4) === 0;
      const value = random.pick(GARBAGE);
      const field = random.pick(Object.keys(evidence.audits[0]?.[list][row] ?? {}));
      for (const audit of audits) {
        const rows = audit[list] as unknown[];
        if (spoilRow) rows[row] = value;
        else (rows[row] as Record<string, unknown>)[field] = value;
      }
      const { verdict, reason } = judge(evidence);
      // Stamps and descriptions are the adapter's own, and an unused expiry may be anything.
      if (spoilRow || audits.length === 1)
        expect({ seed, verdict, reason }).toMatchObject({ verdict: 'violated' });
    }
  });
});

describe('evidence that says too little', () => {
  const verdictOf = (evidence: Evidence): string => judge(evidence).verdict;

  it('is inconclusive when it is empty', () => {
    const { header } = run();
    expect(verdictOf({ header, history: [], journals: [], audits: [] })).toBe('inconclusive');
    const seeded = { ...header, seeded: [] };
    expect(verdictOf({ header: seeded, history: [], journals: [], audits: [] })).toBe('inconclusive');
  });

  it('is inconclusive without a journal, an audit, or its end', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const evidence = run({ seed, trouble: 0.1 });
      const { header, journals, audits } = evidence;
      expect(verdictOf({ ...evidence, journals: journals.slice(1) })).toBe('inconclusive');
      expect(verdictOf({ ...evidence, audits: [] })).toBe('inconclusive');
      expect(verdictOf({ ...evidence, audits: audits.slice(1) })).toBe('inconclusive');
      expect(verdictOf({ ...evidence, audits: audits.slice(0, -1) })).toBe('inconclusive');
      expect(verdictOf({ ...evidence, header: { ...header, interrupted: 'SIGINT' } })).toBe('inconclusive');
    }
  });

  it('is inconclusive when requests that were due were never sent', () => {
    const evidence = run();
    const measuredIn = (neverSent: number): Measured => ({
      from: 0,
      to: 1,
      loop: { kind: 'open', ratePerSecond: 100, due: 200, neverSent },
      generator: { cpuShare: 0, maxLagMs: 0, lateShare: 0, limitedBy: [] },
      cpu: { services: { us: 0, bySecond: [] }, drivers: { us: 0, bySecond: [] } },
    });
    const judged = (neverSent: number): ReturnType<typeof judge> =>
      judge({ ...evidence, header: { ...evidence.header, measured: measuredIn(neverSent) } });
    expect(judged(0).verdict).toBe('ok');
    expect(judged(3).verdict).toBe('inconclusive');
    expect(judged(3).reason).toContain('3 requests of 200 were never sent');
    // A fault is there to stop requests.
    const header = { ...evidence.header, measured: measuredIn(3), faults: {} };
    expect(judge({ ...evidence, header }).reason).not.toContain('never sent');
  });

  it('is inconclusive when an interrupted run lost the end of every file', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const { header, history, journals, audits } = run({ seed, trouble: 0.1 });
      const cut = history[Math.floor(history.length / 2)]?.call ?? 0;
      const evidence = {
        header: { ...header, interrupted: 'SIGINT' },
        history: history.filter((entry) => entry.return === null || entry.return < cut),
        journals: journals.map((journal) => ({
          ...journal,
          entries: journal.entries.filter((entry) => entry.at < cut * 0.9),
        })),
        audits,
      };
      expect(verdictOf(evidence)).toBe('inconclusive');
    }
  });

  it('is not judged when a file of it was cut off, whatever it shows', () => {
    const evidence = mutableCopy(run({ seed: 3, workload: 'lifecycle', streams: 60, operations: 250 }));
    BUGS['double settle']?.(evidence, createRandom(3));
    const { verdict, reason, rules } = judge({ ...evidence, cut: ['history-1.jsonl is missing'] });
    expect({ verdict, reason }).toEqual({
      verdict: 'inconclusive',
      reason: 'Evidence is missing, so nothing was judged: history-1.jsonl is missing.',
    });
    expect(new Set(rules.map((rule) => rule.verdict))).toEqual(new Set(['inconclusive']));
  });

  it('is inconclusive below each minimum', () => {
    const evidence = run();
    const { power } = judge(evidence);
    for (const name of Object.keys(power) as (keyof typeof power)[]) {
      const at = (minimum: number): Evidence => ({
        ...evidence,
        header: { ...evidence.header, minimums: { ...NO_MINIMUMS, [name]: minimum } },
      });
      // Simulated runs have no workers.
      if (name === 'claimRaces' || name === 'lateFinishes') expect(power[name]).toBe(0);
      else expect(power[name]).toBeGreaterThan(0);
      expect(verdictOf(at(power[name]))).toBe('ok');
      expect(verdictOf(at(power[name] + 1))).toBe('inconclusive');
    }
  });

  it('is still violated when what is there proves it', () => {
    const evidence = mutableCopy(run({ seed: 3, workload: 'lifecycle', streams: 60, operations: 250 }));
    BUGS['double settle']?.(evidence, createRandom(3));
    evidence.header.interrupted = 'SIGINT';
    expect(verdictOf(evidence)).toBe('violated');
  });
});
