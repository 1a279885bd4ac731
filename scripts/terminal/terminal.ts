/**
 * Decides where text goes: results to stdout, progress and errors to stderr, with one live line on a TTY and plain
 * lines elsewhere. All output passes here, so that no text of an adapter can control a terminal or be executed by the
 * CI runner that keeps the log.
 */
import { outgoing } from '../../reports/words/printable.ts';
import type { TerminalStyle } from '../../reports/document/terminal/style.ts';
import type { Phase } from '../../scenarios/phase.ts';
import { hideSecrets } from '../../scenarios/secrets.ts';
import { liveProgress, plainProgress, type Aside, type Progress } from './progress.ts';

/** The assumed width if the width of the terminal is unknown. */
const DEFAULT_COLUMNS = 100;

export interface Terminal {
  readonly style: TerminalStyle;
  out(text: string): void;
  error(text: string): void;
  /** Prints a line that the CI runner is to execute. The caller must have escaped it. */
  command(text: string): void;
  progress(label: string, total?: number): Progress;
  /** What the command is doing. Undefined: it has not begun a phase yet. */
  readonly underWay: Phase | undefined;
}

const directly: Aside = (write) => write();

export function terminalOf(streams: NodeJS.Process): Terminal {
  const { stdout, stderr, env } = streams;
  // Undefined if stdout is no TTY. Otherwise the renderer would check CI and FORCE_COLOR itself.
  const { isTTY = false } = stdout as { readonly isTTY?: boolean };
  const live = stderr.isTTY && env['CI'] === undefined && env['TERM'] !== 'dumb';
  const color = isTTY && (env['NO_COLOR'] ?? '') === '';
  let underWay: Phase | undefined;
  // Without this, text that is written while the live line is shown would end up in it.
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
