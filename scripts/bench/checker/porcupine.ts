/** The Go checker Porcupine as a process that checks one history after another. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { distUrl } from '../../paths.ts';
import type { CheckVerdict } from '../../../suites/checker/result.ts';

const MODULE = 'github.com/anishathalye/porcupine';
const VERSION = 'v1.3.0';
const SOURCE = fileURLToPath(new URL('../scripts/bench/checker/porcupine.go', distUrl('')));
const VERDICTS: Readonly<Record<string, CheckVerdict>> = { Ok: 'ok', Illegal: 'illegal', Unknown: 'unknown' };

export interface Answer {
  readonly verdict: CheckVerdict;
  readonly ms: number;
}

export interface Porcupine extends Disposable {
  readonly name: string;
  check(path: string): Promise<Answer>;
}

/** Builds it in `dir` and starts it. If that is not possible, returns a sentence that says what is missing. */
export function startPorcupine(dir: string): Porcupine | string {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) return 'Go is not installed, so there is nothing to compare with.';
  const checkout = process.env['LOCKSTEP_PORCUPINE'];
  const replaced = checkout === undefined ? '' : `replace ${MODULE} => ${checkout}\n`;
  writeFileSync(join(dir, 'go.mod'), `module bench\n\ngo 1.16\n\nrequire ${MODULE} ${VERSION}\n${replaced}`);
  copyFileSync(SOURCE, join(dir, 'main.go'));
  const program = join(dir, 'porcupine');
  const built = spawnSync('go', ['build', '-mod=mod', '-o', program, '.'], { cwd: dir, encoding: 'utf8' });
  if (built.status !== 0)
    return `${MODULE} ${VERSION} cannot be had here, so there is nothing to compare with: ${built.stderr.trim().split('\n').at(-1)}`;
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: `Porcupine ${checkout === undefined ? VERSION : `from ${checkout}`}, ${go.stdout.trim().split(' ')[2] ?? 'go'}`,
    async check(path) {
      child.stdin.write(`${path}\n`);
      const { value } = (await lines.next()) as { readonly value?: string };
      const [verdict = '', nanoseconds = ''] = value?.split(' ') ?? [];
      return { verdict: VERDICTS[verdict] ?? 'unknown', ms: Number(nanoseconds) / 1e6 };
    },
    [Symbol.dispose]: () => child.kill(),
  };
}
