// Writes docs/measured/counterexamples.md: what lockstep prints of mutants of different groups, and how often each failure
// came again when its program was run again. Run after a build, from anywhere.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockstep, root, writePage } from './page.mjs';

const { MUTANTS } = await import(join(root, 'dist', 'adapters', 'mutants', 'index.js'));

const SEED = 20261127;
const SHOWN = [
  'module-mutex@postgres',
  'unlock-before-commit@postgres',
  'amounts-through-number@postgres',
  'event-outside-transaction@postgres',
  'millisecond-cursor@postgres',
  'default-collation@postgres',
  'replay-check-outside-lock@postgres',
  'jsonb-body@postgres',
  'naive-claim@postgres',
  'audit-outside-transaction@postgres',
  'instance-cache@postgres',
  'inner-retry@postgres',
];

const sections = SHOWN.map((name) => {
  const mutant = MUTANTS.find((one) => name.startsWith(`${one.name}@`));
  if (mutant === undefined) throw new Error(`Expected a mutant ${name}.`);
  return `## ${name}\n\n${mutant.origin}\n\n\`\`\`\n${failureOf(name, mutant.clauses)}\n\`\`\`\n`;
});

writePage(
  'docs/measured/counterexamples.md',
  `# Counterexamples

What \`lockstep certify\` prints of ${SHOWN.length} seeded bugs of different groups. Each program was shrunk and then run again, 20 times in the
recorded order, or freely where a race is finer than its steps: "again" says how often it failed. The contrasts say
where else it was run, and how often it failed there.

${sections.join('\n')}`,
);

/** The block of the first violated clause. */
function failureOf(name, clauses) {
  const out = mkdtempSync(join(tmpdir(), 'lockstep-counterexample-'));
  const flags = ['--only', clauses.join(','), '--seed', String(SEED), '--out', join(out, 'run')];
  const { stdout } = spawnSync('node', [lockstep, 'certify', `mutant:${name}`, ...flags], {
    encoding: 'utf8',
  });
  rmSync(out, { recursive: true });
  const [block] = /^✗ [A-Z]+-\d\d[\s\S]*?^  repeat: .*$/m.exec(stdout) ?? [];
  if (block === undefined) throw new Error(`Expected a violation of ${name}:\n${stdout}`);
  return block;
}
