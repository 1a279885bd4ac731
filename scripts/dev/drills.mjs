// Writes docs/measured/drills.md from the results of drills: node scripts/dev/drills.mjs FOLDER…, each with a drill.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePage } from './page.mjs';

const drills = process.argv
  .slice(2)
  .map((folder) => JSON.parse(readFileSync(join(folder, 'drill.json'), 'utf8')));
if (drills.length === 0) throw new Error('Expected the folders of results of drills.');

const whole = (value) => Math.round(value).toLocaleString('en');
const inSeconds = (ms) => (ms / 1000).toFixed(1);
const sum = (steps, of) => steps.reduce((all, step) => all + of(step), 0);
const isBack = ({ way }) => way === 'back';

const overview = drills.map(({ repeat, verdict, steps, authority, durationMs }) => {
  const faults = steps.flatMap((step) => step.faults);
  const held = steps.filter((step) => step.verdict === 'ok').length;
  return [
    `\`${repeat}\``,
    verdict,
    `${held} of ${steps.length}`,
    ...['settles', 'withdraws', 'doubles', 'losses', 'mismatches'].map((name) =>
      whole(sum(steps, (step) => step[name])),
    ),
    `${faults.filter(({ struck }) => struck).length} of ${faults.length}`,
    `${authority.outdatedAccepted} of ${whole(authority.outdatedTried)}`,
    authority.longestGapMs === null ? '–' : inSeconds(authority.longestGapMs),
    whole(durationMs / 1000),
  ];
});
const times = drills.flatMap(({ source, target, seed, steps }) =>
  steps.map((step) => [
    `${source} → ${target}, ${seed}`,
    step.name,
    inSeconds(step.takenMs),
    isBack(step) ? 'rollback' : '',
    whole(step.settles + step.withdraws),
    step.faults.map(({ name, point }) => (point === undefined ? name : `${name} at ${point}`)).join(', '),
  ]),
);

writePage(
  'docs/measured/drills.md',
  `# Drills of a move

${drills.length === 1 ? 'One drill' : `${drills.length} drills`}, on 2 cores that other work shared: [what a drill does](../migration.md#drill-a-move). A drill that is
\`inconclusive\` shows no fault of the move: a step was not taken in time, or something planned did not strike.

${table(['drill', 'verdict', 'steps held', 'settles', 'withdraws', 'doubles', 'losses', 'replay mismatches', 'faults struck', 'writes of an old epoch accepted', 'longest gap (s)', 'seconds'], overview)}

## Steps

How long the whole fleet took to take each step, the effects that were answered in it, and what struck.

${table(['drill, seed', 'step', 'taken in (s)', '', 'effects', 'struck by'], times)}
`,
);

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
