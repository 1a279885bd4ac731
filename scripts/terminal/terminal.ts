/**
 * Where text goes: results to stdout, progress and errors to stderr; one live line on a TTY, plain lines elsewhere. All of
 * it passes here, so that nothing an adapter says steers a terminal or is obeyed by the runner that keeps the log.
 */
import { outgoing } from '../../reports/words/printable.ts';
import type { TerminalStyle } from '../../reports/document/terminal/style.ts';
import type { Phase } from '../../scenarios/phase.ts';
import { hideSecrets } from '../../scenarios/secrets.ts';
import { liveProgress, plainProgress, type Aside, type Progress } from './progress.ts';

/** Assumed where nobody says how wide the terminal is. */
const DEFAULT_COLUMNS = 100;

export interface Terminal {
  readonly style: TerminalStyle;
  out(text: string): void;
  error(text: string): void;
  /** Lines for the runner of a workflow, which it is to obey: they must be escaped where they are made. */
  command(text: string): void;
  progress(label: string, total?: number): Progress;
  /** What the command is at; undefined: nothing has been said of that yet. */
  readonly underWay: Phase | undefined;
}

const directly: Aside = (write) => write();

export function terminalOf(streams: NodeJS.Process): Terminal {
  const { stdout, stderr, env } = streams;
  // Absent where stdout is no TTY, and a renderer left to decide would look at CI and FORCE_COLOR.
  const { isTTY = false } = stdout as { readonly isTTY?: boolean };
  const live = stderr.isTTY && env['CI'] === undefined && env['TERM'] !== 'dumb';
  const color = isTTY && (env['NO_COLOR'] ?? '') === '';
  let underWay: Phase | undefined;
  // What is written while a live line is shown would stand in it.
  let aside: Aside = directly;
  const terminal: Terminal = {
    style: {
      color,
      columns: stdout.columns ?? DEFAULT_COLUMNS,
    },
    out: (text) => aside(() => void stdout.write(`${outgoing(hideSecrets(text), color)}\n`)),
    error: (text) => aside(() => void stderr.write(`${outgoing(hideSecrets(text), false)}\n`)),
    command: (text) => void stdout.write(`${hideSecrets(text)}\n`),
    progress: (label, total) => {
      const entered = (phase: Phase): void => {
        underWay = phase;
      };
      const options = { label, total, terminal, entered };
      const shows = (next: Aside | undefined): void => {
        aside = next ?? directly;
      };
      return live ? liveProgress({ ...options, stream: stderr, shows }) : plainProgress(options);
    },
    get underWay() {
      return underWay;
    },
  };
  return terminal;
}
