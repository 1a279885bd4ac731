/**
 * Shows which bugs of a migration the drill catches by itself, without any clause. The references are drilled first and
 * must hold. Then each mutant is drilled, with short steps. Prints a Markdown table. Exits with status 1 if a reference
 * is accused or if fewer mutants are caught than required.
 *
 * `npm run bench -- drill [LEAST] [SEED] [NAME,NAME…]`
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDrill } from '../../../scenarios/drill/drill.ts';
import type { TargetReference } from '../../../scenarios/host/index.ts';
import { judgeDrill, type JudgedDrill } from '../../../suites/drill/judgeDrill.ts';
import { distUrl } from '../../paths.ts';
import { variantTarget } from '../../targets/targets.ts';
import { DRILLED, REFERENCES, type Drilled } from './drilled.ts';

/** Steps can be short, because the bug of a mutant shows in some step or at the end. */
const STEP_MS = 300;
/** The drill soon gives up a step that a mutant makes impossible. */
const PATIENCE_MS = 10_000;

const [least = String(DRILLED.length), seed = '1', names] = process.argv.slice(2);
const asked = names?.split(',');
const chosen = asked === undefined ? DRILLED : DRILLED.filter(({ name }) => asked.includes(name));
const folder = await mkdtemp(join(tmpdir(), 'lockstep-drills-'));
try {
  console.log('| mutant | drill | caught | by | seconds |\n| --- | --- | --- | --- | --- |');
  let accused = 0;
  for (const one of REFERENCES) if ((await drilled(one)) === 'violated') accused += 1;
  let caught = 0;
  for (const one of chosen) if ((await drilled(one)) === 'violated') caught += 1;
  console.log(`\n${caught} of ${chosen.length} mutants caught, ${least} required`);
  if (accused > 0 || caught < Number(least)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Prints and returns the verdict. */
async function drilled(one: Drilled): Promise<JudgedDrill['verdict'] | 'failed'> {
  const { name, from, to } = one;
  const began = performance.now();
  const said = (verdict: string, by: string): void => {
    const seconds = Math.round((performance.now() - began) / 1000);
    const shown = by.replaceAll('|', '\\|').replaceAll('\n', ' ');
    console.log(`| \`${name}\` | ${from} → ${to} | ${verdict} | ${shown} | ${seconds} |`);
  };
  try {
    const { verdict, reason } = await drill(one);
    said(verdict === 'violated' ? 'yes' : 'no', verdict === 'ok' ? '' : reason);
    return verdict;
  } catch (error) {
    said('no', error instanceof Error ? error.message : String(error));
    return 'failed';
  }
}

async function drill({ name, of, from, to }: Drilled): Promise<JudgedDrill> {
  const out = join(folder, `${name}-${from}-${to}`);
  const isMove = of === 'move';
  await runDrill({
    source: isMove ? targetOf(from) : variantTarget(name, from),
    target: isMove ? targetOf(to) : variantTarget(name, to),
    move: isMove
      ? variantTarget(name, 'migration')
      : { spec: 'move', url: distUrl('adapters/migration/define.js') },
    pg: 'embedded',
    seed: Number(seed),
    stepMs: STEP_MS,
    patienceMs: PATIENCE_MS,
    out,
  });
  return judgeDrill(out);
}

function targetOf(name: Drilled['from']): TargetReference {
  return { spec: name, url: distUrl(`adapters/${name}/target.js`) };
}
