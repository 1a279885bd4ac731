/**
 * What this alone proves: docs/field.md shows the targets as they are, and a bug from the field is found by the clause that is named for
 * it. A few of them each time, and all of them with LOCKSTEP_FIELD=all, as the nightly does.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BUGS } from './field/bugs.ts';
import { certify } from '../suites/certify.ts';

const ALWAYS = ['keyAlone', 'crc32Key', 'millisecondCursor'];
const run = process.env['LOCKSTEP_FIELD'] === 'all' ? BUGS : BUGS.filter(({ name }) => ALWAYS.includes(name));

describe('bugs from the field', () => {
  const page = readFileSync(new URL('../docs/field.md', import.meta.url), 'utf8');

  it.each(BUGS.map((bug) => [bug.name, bug] as const))(
    'the page shows %s as it is',
    (name, { title, clause, sources }) => {
      const start = page.indexOf(`### ${title}\n`);
      const part = page.slice(start, page.indexOf('\n### ', start + 1));
      expect(start).toBeGreaterThan(0);
      for (const link of sources) expect(part).toContain(`](${link})`);
      expect(part).toContain(readFileSync(new URL(`field/${name}.ts`, import.meta.url), 'utf8').trimEnd());
      expect(part).toMatch(
        new RegExp(`repeat: +lockstep certify examples/field/${name}\\.ts --only ${clause} `),
      );
    },
  );

  it.each(run.map(({ name, clause }) => [name, clause]))('%s is found by %s', async (name, clause) => {
    const { clauses } = await certify({
      target: { spec: name, url: new URL(`field/${name}.ts`, import.meta.url).href },
      pg: 'embedded',
      only: [clause],
      runs: 50,
      seed: 1,
      processes: 2,
      budgetMs: 60_000,
      inProcess: true,
      shrink: false,
      runId: `f${process.pid.toString(36)}`,
      now: () => performance.now(),
    });
    expect(clauses.find((one) => one.clause === clause)).toMatchObject({ status: 'violated' });
  });
});
