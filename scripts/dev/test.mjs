// The checks beside the tests, which leave the processor idle while they wait. What the checks say comes last.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

async function ended(child) {
  return new Promise((resolve) => child.on('close', (status) => resolve(status ?? 1)));
}

const check = spawn(process.execPath, ['scripts/dev/check.mjs'], { stdio: ['ignore', 'pipe', 'pipe'] });
const tests = spawn('node_modules/.bin/vitest', ['run', ...process.argv.slice(2)], { stdio: 'inherit' });
const [checked, tested, out, err] = await Promise.all([
  ended(check),
  ended(tests),
  text(check.stdout),
  text(check.stderr),
]);
process.stdout.write(out);
process.stderr.write(err);
process.exit(checked === 0 && tested === 0 ? 0 : 1);
