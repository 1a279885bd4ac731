// Types, lint (with the folder rule), dead code and formatting, side by side: everything that is wrong, not only the first.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

// What did not change since the last check is not checked again.
const typesOf = (project, name) =>
  `--noEmit -p ${project} --incremental --tsBuildInfoFile node_modules/.cache/types/${name}`.split(' ');

const CHECKS = [
  { name: 'types', command: 'tsc', args: typesOf('.', 'lockstep') },
  { name: 'types of the examples', command: 'tsc', args: typesOf('examples', 'examples') },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'format', command: 'oxfmt', args: ['--check'] },
];

async function run({ command, args }) {
  const child = spawn(`node_modules/.bin/${command}`, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, output: out + err };
}

const runs = await Promise.all(CHECKS.map(run));
let failed = 0;
for (const [index, { status, output }] of runs.entries()) {
  if (status === 0) continue;
  const { name, command, args } = CHECKS[index];
  failed += 1;
  console.error(`✗ ${name} (${command} ${args.join(' ')})\n${output}`);
}
console.log(
  failed === 0
    ? 'types, lint, dead code and format are clean'
    : `${failed} of ${CHECKS.length} checks failed`,
);
process.exit(failed === 0 ? 0 : 1);
