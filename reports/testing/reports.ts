/** A stress run and a kill matrix, for tests of the renderers; with texts of an adapter that means harm. */
import type { SpecimenResult } from '../../suites/mutation/mutation.ts';
import type { ClauseResult } from '../../suites/result.ts';
import type { MutationReport } from '../mutation/model.ts';
import type { StressReport, StressRun } from '../stress/model.ts';
import { HOSTILE, LOST_UPDATE } from './counterexamples.ts';

const RUN: StressRun = {
  target: './sp ace/a.mjs',
  mix: 'hot-stream',
  fault: 'kill-holder',
  seed: 7,
  isRegression: false,
  verdict: 'ok',
  reason: 'every rule held',
  operations: 12_000,
  durationMs: 8200,
  tally: { acknowledged: 4000, lost: 0, doubled: 0 },
  struck: 2,
  recovery: { others: [12, 30], self: [null] },
  repeat: "lockstep load './sp ace/a.mjs' --mix hot-stream --fault kill-holder --seed 7",
};

export function stressReport(): StressReport {
  return {
    schemaVersion: 1,
    kind: 'stress',
    lockstepVersion: '0.1.0',
    startedAt: '2026-11-24T00:00:00.000Z',
    durationMs: 60_000,
    repeat: "lockstep stress './sp ace/a.mjs' --time 60s --seed 7",
    seed: 7,
    partial: false,
    runs: [
      RUN,
      {
        ...RUN,
        seed: 8,
        verdict: 'violated',
        reason: `::error::${HOSTILE}\n::error::mine`,
        tally: { acknowledged: 4000, lost: 2, doubled: 1 },
        broken: { rule: 'exclusion', summary: HOSTILE, services: [1, 2], lanes: LOST_UPDATE.lanes },
        evidence: 'evidence/2-hot-stream-kill-holder',
      },
      { ...RUN, fault: null, seed: 9, verdict: 'inconclusive', reason: 'too little at once' },
    ],
  };
}

const FOUND: ClauseResult = {
  clause: 'LOCK-01',
  status: 'violated',
  runs: 3,
  exercised: 1,
  orders: 0,
  processes: 2,
  instances: 2,
  durationMs: 1200,
  seed: 7,
  counterexample: { ...LOST_UPDATE, summary: HOSTILE },
};

function specimen(name: string, fate: SpecimenResult['fate']): SpecimenResult {
  return {
    kind: fate === 'accused' || fate === 'passed' ? 'equivalent' : 'mutant',
    name,
    base: 'memory',
    about: `A lock | of ${HOSTILE}.`,
    clauses: ['LOCK-01'],
    fate,
    exams: [{ seed: 7, fate, clauses: [FOUND], durationMs: 2000 }],
  };
}

export function mutationReport(): MutationReport {
  return {
    schemaVersion: 1,
    kind: 'mutants',
    lockstepVersion: '0.1.0',
    contractVersion: '1',
    buildId: 'b1',
    startedAt: '2026-11-24T00:00:00.000Z',
    durationMs: 5000,
    repeat: 'lockstep mutants --seed 7',
    runs: 100,
    seeds: [7],
    processes: 2,
    partial: false,
    specimens: [
      specimen('no-lock', 'killed'),
      specimen('quiet', 'survived'),
      specimen('two-key-lock', 'accused'),
      specimen('slow', 'undecided'),
    ],
  };
}
