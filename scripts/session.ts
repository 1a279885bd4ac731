/** One recorded run: its folder and recorder, Ctrl-C and the time limit, and what is printed and written at the end. */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createRecorder, type Recorder } from '../reports/recorder.ts';
import { RENDERERS } from '../reports/index.ts';
import { renderJson } from '../reports/json.ts';
import type { RunResult } from '../reports/model.ts';
import { runFolder } from '../reports/runFolder.ts';
import { verdictBlock } from '../reports/terminal.ts';
import { exitStatusOf } from '../suites/verdict.ts';
import { listenForInterrupt } from './interrupt.ts';
import type { CommandContext } from './main.ts';
import { lockstepVersion } from './paths.ts';
import type { Terminal } from './terminal.ts';

export interface SessionOptions {
  readonly command: RunResult['command'];
  readonly repeat: string;
  readonly target: string;
  readonly seed: number;
  readonly out?: string;
  /** Seconds for everything. */
  readonly timeout?: number;
  readonly reporter: 'terminal' | 'json';
}

export interface Session extends AsyncDisposable {
  readonly dir: string;
  readonly recorder: Recorder;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C or the time limit. */
  readonly signal: AbortSignal;
  /** False where stdout belongs to the JSON result. */
  readonly prints: boolean;
  /** Writes the reports, says where they are, and returns the exit status. */
  finish(): number;
}

export function openSession(context: CommandContext, options: SessionOptions): Session {
  const { terminal, cwd } = context;
  const prints = options.reporter === 'terminal';
  const dir = runFolder({
    cwd,
    time: new Date(),
    target: options.target,
    ...(options.out === undefined ? {} : { out: options.out }),
  });
  const recorder = createRecorder({
    dir,
    command: options.command,
    repeat: options.repeat,
    seed: options.seed,
    lockstepVersion: lockstepVersion(),
  });
  const interruption = listenForInterrupt((text) => terminal.error(text));
  const limit = options.timeout === undefined ? [] : [AbortSignal.timeout(options.timeout * 1000)];
  const signal = AbortSignal.any([interruption.signal, ...limit]);
  let finished = false;
  const end = (): RunResult => {
    finished = true;
    const exitStatus = statusOf(recorder.result);
    const result = signal.aborted ? recorder.interrupt(exitStatus) : recorder.finish(exitStatus);
    for (const renderer of RENDERERS) writeFileSync(join(dir, renderer.file), renderer.render(result));
    return result;
  };
  return {
    dir,
    recorder,
    terminal,
    signal,
    prints,
    finish() {
      const result = end();
      if (prints) {
        terminal.out(`\n${verdictBlock(result, terminal.style)}`);
        terminal.out(`report: ${relative(cwd, join(dir, 'report.html'))}`);
      } else {
        terminal.out(renderJson(result));
      }
      return result.exitStatus;
    },
    [Symbol.asyncDispose]: async () => {
      interruption[Symbol.dispose]();
      // Not finished: something failed on the way. What is known stays readable.
      if (!finished) recorder.interrupt(3);
    },
  };
}

function statusOf(result: RunResult): 0 | 1 | 3 {
  return exitStatusOf([
    ...result.certifications.map(({ verdict }) => ({ verdict, negativeControl: false })),
    ...result.loads.map((load) => ({
      verdict: load.judgement.verdict,
      negativeControl: load.negativeControl,
    })),
  ]);
}
