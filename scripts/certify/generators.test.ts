/**
 * What this alone proves: when an entry of a vocabulary is no longer generated, a clause that draws from it is inconclusive.
 * Else a green result could mean that nothing was tried. That none is inconclusive with all entries: package.test.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLAUSES, inapplicability, type Clause } from '../../adapters/contract/index.ts';
import { createHostPool, NOTHING_BESIDE, type HostPool, type Loan } from '../../scenarios/host/index.ts';
import { PROPERTIES } from '../../suites/clauses/index.ts';
import { checkProperty } from '../../suites/harness/engine/check.ts';
import {
  SERVICE,
  type AnyProperty,
  type Property,
  type Subject,
} from '../../suites/harness/engine/property.ts';
import { VOCABULARIES } from '../../suites/harness/vocabulary/index.ts';
import { entryName } from '../../suites/harness/vocabulary/vocabulary.ts';
import type { ClauseResult } from '../../suites/result.ts';
import { resolveTarget } from '../targets/targets.ts';

interface Drawing {
  readonly clause: Clause;
  readonly definition: AnyProperty;
}

let pool: HostPool;
let steward: Loan;
let subject: Subject;
/** Each has namespaces of its own. */
let checks = 0;

beforeAll(async () => {
  const target = await resolveTarget('memory', process.cwd());
  pool = createHostPool({ target, maxHosts: 3, inProcess: true });
  steward = await pool.lend(1);
  const [host] = steward.hosts;
  if (host === undefined) throw new Error('Expected a host.');
  const { capabilities, settlement } = await host.load(target);
  const { id, surfaces } = await host.open({ connection: null, namespace: 'probe', instance: 1 });
  await host.closeInstance(id);
  await host.destroy(null, 'probe');
  subject = { surfaces, capabilities, settlement };
});
afterAll(async () => {
  await steward.release();
  await pool.close();
});

/** The cases that are always run. */
function examplesOf(definition: AnyProperty, about: Subject): readonly unknown[] {
  return (definition as Property<unknown>).examples?.(about) ?? [];
}

const wholes = new Map<AnyProperty, readonly unknown[]>();

function wholeOf(definition: AnyProperty): readonly unknown[] {
  const whole = wholes.get(definition) ?? examplesOf(definition, subject);
  wholes.set(definition, whole);
  return whole;
}

const drawings = new Map<string, Drawing[]>();

/** The clauses of this adapter whose examples are others without the entry; those with the fewest examples first. */
function drawing(omitted: string): Drawing[] {
  const found = drawings.get(omitted) ?? drawingNow(omitted);
  drawings.set(omitted, found);
  return found;
}

function drawingNow(omitted: string): Drawing[] {
  return PROPERTIES.flatMap((definition) => {
    const clause = CLAUSES.find(({ id }) => id === definition.clause);
    if (clause === undefined || definition.inapplicable?.(subject) !== undefined) return [];
    if (inapplicability(clause, subject.surfaces, subject.capabilities) !== undefined) return [];
    const without = examplesOf(definition, { ...subject, omitted });
    return isDeepStrictEqual(wholeOf(definition), without) ? [] : [{ clause, definition }];
  }).toSorted((a, b) => wholeOf(a.definition).length - wholeOf(b.definition).length);
}

/** With no more runs than there are examples. */
function checkExamples({ clause, definition }: Drawing, omitted: string): Promise<ClauseResult> {
  checks += 1;
  return checkProperty(definition, {
    clause,
    subject: { ...subject, omitted },
    environments: [SERVICE],
    seed: 1,
    runs: 1,
    budgetMs: 60_000,
    processes: 1,
    shrink: false,
    storageFailure: async () => undefined,
    now: () => performance.now(),
    lab: {
      lend: (count) => pool.lend(count),
      connections: new Map([[SERVICE, null]]),
      destroy: async (connection, namespace) => {
        await steward.hosts[0]?.destroy(connection, namespace);
        return NOTHING_BESIDE;
      },
      prefix: `generators_${checks}`,
      blockMs: 8,
    },
  });
}

describe.each(VOCABULARIES.map((vocabulary) => [vocabulary.name, vocabulary] as const))(
  'without one of the %s',
  (_, vocabulary) => {
    it.each(Object.keys(vocabulary.entries).map((entry, turn) => [entry, turn] as const))(
      '%s',
      async (entry, turn) => {
        const omitted = entryName(vocabulary, entry);
        const all = drawing(omitted);
        expect(all.map(({ clause }) => clause.id)).not.toEqual([]);
        // They take turns, but for the longest: each entry is missed by one of them.
        const one = all[turn % Math.ceil(all.length / 2)] as Drawing;
        const { clause, status, reason = '' } = await checkExamples(one, omitted);
        expect({ clause, status, reason }).toEqual({
          clause,
          status: 'inconclusive',
          reason: expect.stringContaining('no run had') as string,
        });
      },
    );
  },
);
