// Types, lint (with the folder rule), dead code and formatting: everything that is wrong, not only the first.
import { spawnSync } from 'node:child_process';

// What did not change since the last check is not checked again.
const typesOf = (project, name) =>
  `--noEmit -p ${project} --incremental --tsBuildInfoFile node_modules/.cache/types/${name}`.split(' ');

const CHECKS = [
  { name: 'types', command: 'tsc', args: typesOf('.', 'lockstep') },
  { name: 'types of the examples', command: 'tsc', args: typesOf('examples', 'examples') },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
  { name: 'format', command: 'prettier', args: ['--check', '--cache', '--log-level', 'warn', '.'] },
];

let failed = 0;
for (const { name, command, args } of CHECKS) {
  const run = spawnSync('npx', ['--no-install', command, ...args], { encoding: 'utf8' });
  if (run.status === 0) continue;
  failed += 1;
  console.error(`✗ ${name} (${command} ${args.join(' ')})\n${run.stdout}${run.stderr}`);
}
console.log(
  failed === 0
    ? 'types, lint, dead code and format are clean'
    : `${failed} of ${CHECKS.length} checks failed`,
);
process.exit(failed === 0 ? 0 : 1);
