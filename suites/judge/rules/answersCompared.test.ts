import { expect, it } from 'vitest';
import type { Evidence } from '../../../scenarios/evidence.ts';
import { compareAnswers, disagreementOf } from './answersCompared.ts';
import { judge } from '../index.ts';
import { mutableCopy, type MutableEvidence } from '../testing/sites.ts';
import { simulate } from '../testing/synthetic.ts';

const SEEDS = 5;
const KEPT = 0.7;

/** Forged by somebody who has hashed what was left anew. */
const FORGERIES: Readonly<Record<string, (evidence: MutableEvidence) => void>> = {
  'the end of the history is missing': (evidence) => {
    evidence.history = evidence.history.slice(0, KEPT * evidence.history.length);
  },
  'the end of a journal is missing': ({ journals: [journal] }) => {
    if (journal !== undefined) journal.entries = journal.entries.slice(0, KEPT * journal.entries.length);
  },
  'every outcome is unknown': ({ history }) => {
    for (const request of history) {
      request.outcome = 'unknown';
      request.return = null;
      delete request.result;
    }
  },
  'every outcome is unknown, and its answer is left': ({ history }) => {
    for (const request of history) request.outcome = 'unknown';
  },
  'a refusal is an effect': ({ history }) => {
    const refusal = history.find(({ result }) => result?.status === 409 && result.revision !== undefined);
    if (refusal?.result !== undefined) refusal.result.status = 200;
  },
};

function disagreementIn(evidence: Evidence): string | undefined {
  return disagreementOf([compareAnswers(evidence)], evidence.header);
}

it.each(Object.entries(FORGERIES))('evidence is never ok when %s', (_, forge) => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const evidence = simulate({ seed, trouble: 0, operations: 250 });
    expect(disagreementIn(evidence)).toBeUndefined();
    const forged = mutableCopy(evidence);
    forge(forged);
    expect({ seed, verdict: judge(forged).verdict }).not.toEqual({ seed, verdict: 'ok' });
  }
});

it('what differs is named', () => {
  const forged = (name: keyof typeof FORGERIES): string | undefined => {
    const evidence = mutableCopy(simulate({ trouble: 0, operations: 250 }));
    FORGERIES[name]?.(evidence);
    return disagreementIn(evidence);
  };
  expect(forged('the end of the history is missing')).toMatch(
    /^\d+ answers in the services' journals belong to requests that are in no history$/,
  );
  expect(forged('the end of a journal is missing')).toMatch(
    /^\d+ answers in the clients' histories are in no service's journal$/,
  );
  expect(forged('every outcome is unknown')).toMatch(
    /^(\d+) of \1 answers in the services' journals were lost on the way/,
  );
});

it('a fault may cut off whoever is about to be answered', () => {
  const { header, ...rest } = simulate({ trouble: 0, operations: 250 });
  const struck: Evidence = { ...rest, header: { ...header, faults: { 'kill-holder': 1 } } };
  const lost = mutableCopy(struck);
  for (const request of lost.history.slice(-50)) {
    request.return = null;
    request.outcome = 'unknown';
    delete request.result;
  }
  expect(disagreementIn(lost)).toBeUndefined();
});
