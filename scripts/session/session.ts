/** One recorded run: its folder and recorder, Ctrl-C and the time limit, and the output at its end. */
import { defined } from '../../adapters/contract/defined.ts';
import { createRecorder, type Recorder } from '../../reports/folder/recorder.ts';
import type { RunResult } from '../../reports/model.ts';
import { openRunFolder } from '../../reports/folder/runFolder.ts';
import { drawVerdict } from '../../reports/document/terminal/draw.ts';
import { runVerdict } from '../../reports/run/document.ts';
import { recordedRun } from '../../reports/run/recorded.ts';
import { runStatus } from '../../reports/words/status.ts';
import type { Shard } from '../../suites/shard.ts';
import { ENVIRONMENT_STATUS } from '../errors.ts';
import { listenForInterrupt } from './interrupt.ts';
import { tellLeftBehind } from './leftBehind.ts';
import type { CommandContext } from '../context.ts';
import { lockstepVersion } from '../paths.ts';
import { publish } from './publish.ts';
import type { ReporterName } from './reporters.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface SessionOptions {
  readonly command: RunResult['command'];
  readonly repeat: string;
  readonly target: string;
  readonly seed: number;
  readonly out?: string;
  /** The time limit for the whole run, in seconds. */
  readonly timeout?: number;
  readonly shard?: Shard;
  /** Default: terminal. */
  readonly reporter?: readonly ReporterName[];
}

export interface RunSession extends AsyncDisposable {
  readonly dir: string;
  readonly recorder: Recorder;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C or the time limit. */
  readonly signal: AbortSignal;
  /** Whether results are printed as soon as they are decided. */
  readonly prints: boolean;
  /** Writes the reports, says where they are, and returns the exit status. */
  finish(): number;
}

export function openSession(context: CommandContext, options: SessionOptions): RunSession {
  const { terminal, cwd } = context;
  const reporters = options.reporter ?? ['terminal'];
  const prints = reporters.includes('terminal');
  const folder = openRunFolder({
    cwd,
    time: new Date(),
    target: options.target,
    ...defined({ out: options.out }),
  });
  const { dir } = folder;
  const recorder = createRecorder({
    dir,
    command: options.command,
    repeat: options.repeat,
    seed: options.seed,
    lockstepVersion: lockstepVersion(),
    ...defined({ shard: options.shard }),
  });
  const interruption = listenForInterrupt({ terminal, timeout: options.timeout, giveUp: () => finish() });
  const { signal } = interruption;
  let finished = false;
  const finish = (): RunResult['exitStatus'] => {
    finished = true;
    const exitStatus = runStatus(recorder.result);
    const { ended } = interruption;
    const result = ended === undefined ? recorder.finish(exitStatus) : recorder.interrupt(exitStatus, ended);
    tellLeftBehind(terminal);
    const closing = `\n${drawVerdict(runVerdict(result), terminal.style)}`;
    publish(context, { dir, recorded: recordedRun(result), reporters, closing });
    return result.exitStatus;
  };
  return {
    dir,
    recorder,
    terminal,
    signal,
    prints,
    finish,
    [Symbol.asyncDispose]: async () => {
      interruption[Symbol.dispose]();
      // The run failed before it was finished. What is known stays readable.
      if (!finished) keepKnown(recorder);
      folder[Symbol.dispose]();
    },
  };
}

function keepKnown(recorder: Recorder): void {
  try {
    recorder.interrupt(ENVIRONMENT_STATUS);
  } catch {
    // The original error is reported. It may well be that nothing can be written.
  }
}
