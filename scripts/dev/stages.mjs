/**
 * Certifies moves at stages and in directions that the bundled target does not have: for each pair, one target at
 * `bridged`, at `cut-over`, with the old side deciding by an epoch, and with the new side deciding, each a file that
 * certify is given, as an author would write it.
 *
 *   node scripts/dev/stages.mjs [--pairs memory:postgres,…] [--cases cut-over,…] [options of certify]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const DIST = new URL('../../dist/', import.meta.url);
const TARGETS = {
  memory: 'adapters/memory/target.js',
  postgres: 'adapters/postgres/target.js',
  'postgres-lease': 'adapters/postgres/leaseTarget.js',
};
const PAIRS = ['memory:memory', 'memory:postgres', 'postgres:postgres-lease'];
const CASES = {
  bridged: { stage: 'bridged' },
  'cut-over': { stage: 'cut-over' },
  'old-decides': { stage: 'dual', decides: 'old' },
  'old-cut-over': { stage: 'cut-over', decides: 'old' },
  'new-decides': { stage: 'dual', decides: 'new' },
  'new-cut-over': { stage: 'cut-over', decides: 'new' },
};
/** All but what opens and ends an adapter. Where the move has begun, clauses that begin one do not apply. */
const GROUPS = 'LOCK,STREAM,ACT,CUR,IDEM,EXP,TX,MIG';

const { values, tokens } = parseArgs({
  options: { pairs: { type: 'string' }, cases: { type: 'string' } },
  strict: false,
  tokens: true,
});
const own = new Set(
  tokens.flatMap((token) =>
    token.kind === 'option' && ['pairs', 'cases'].includes(token.name) ? [token.index, token.index + 1] : [],
  ),
);
const passed = process.argv.slice(2).filter((_, index) => !own.has(index));
function chosen(given, known) {
  const names = given?.split(',') ?? known;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`Expected some of ${known.join(', ')}, got ${unknown.join(', ')}.\n`);
    process.exit(2);
  }
  return names;
}
const pairs = chosen(values.pairs, PAIRS);
const cases = chosen(values.cases, Object.keys(CASES));

const dir = mkdtempSync(join(tmpdir(), 'lockstep-stages-'));
try {
  const files = pairs.flatMap((pair) => cases.map((name) => targetFile(pair, name)));
  const { status } = spawnSync(
    process.execPath,
    [fileURLToPath(new URL('scripts/lockstep.js', DIST)), 'certify', ...files, '--only', GROUPS, ...passed],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 3;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function targetFile(pair, name) {
  const [old, other] = pair.split(':');
  const path = join(dir, `${old}-to-${other}-${name}.mjs`);
  const at = (module) => JSON.stringify(new URL(module, DIST).href);
  writeFileSync(
    path,
    `import { migrationTarget } from ${at('adapters/migration/index.js')};
import old from ${at(TARGETS[old])};
import other from ${at(TARGETS[other])};
export default migrationTarget({ name: ${JSON.stringify(`${old}-to-${other}-${name}`)}, old, new: other, ...${JSON.stringify(CASES[name])} });
`,
  );
  return path;
}
