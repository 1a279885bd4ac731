/**
 * Where text goes: results to stdout, progress and errors to stderr; one live line on a TTY, plain lines elsewhere. All of
 * it passes here, so that nothing an adapter says steers a terminal or is obeyed by the runner that keeps the log.
 */
import { SingleBar } from 'cli-progress';
import { outgoing, printable } from '../reports/printable.ts';
import type { TerminalStyle } from '../reports/terminal.ts';
import { hideSecrets } from '../scenarios/secrets.ts';

/** Assumed where nobody says how wide the terminal is. */
const DEFAULT_COLUMNS = 100;
/** How often plain progress is printed where there is no TTY, in milliseconds. */
const PLAIN_EVERY_MS = 10_000;

export interface Terminal {
  readonly style: TerminalStyle;
  out(text: string): void;
  error(text: string): void;
  /** Lines for the runner of a workflow, which it is to obey: they must be escaped where they are made. */
  command(text: string): void;
  progress(label: string, total: number | undefined): Progress;
}

export interface Progress {
  /** `note` stands behind the numbers: a rate, what is under way. */
  update(done: number, note: string): void;
  /** Prints a line above the live one. */
  print(text: string): void;
  stop(): void;
}

export function terminalOf(streams: NodeJS.Process): Terminal {
  const { stdout, stderr, env } = streams;
  // Absent where stdout is no TTY, and a renderer left to decide would look at CI and FORCE_COLOR.
  const { isTTY = false } = stdout as { readonly isTTY?: boolean };
  const live = stderr.isTTY && env['CI'] === undefined && env['TERM'] !== 'dumb';
  const color = isTTY && (env['NO_COLOR'] ?? '') === '';
  const terminal: Terminal = {
    style: {
      color,
      columns: stdout.columns ?? DEFAULT_COLUMNS,
    },
    out: (text) => void stdout.write(`${outgoing(hideSecrets(text), color)}\n`),
    error: (text) => void stderr.write(`${outgoing(hideSecrets(text), false)}\n`),
    command: (text) => void stdout.write(`${hideSecrets(text)}\n`),
    progress: (label, total) =>
      live ? liveProgress(label, total, stderr, terminal) : plainProgress(label, total, terminal),
  };
  return terminal;
}

function liveProgress(
  label: string,
  total: number | undefined,
  stream: NodeJS.WriteStream,
  terminal: Terminal,
): Progress {
  const counted =
    total === undefined ? '{value} {note}' : '{bar} {value}/{total} {note} {eta_formatted} left';
  const bar = new SingleBar({
    stream,
    format: `${printable(label)} ${counted}`,
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
    // Ctrl-C is the command's business.
    gracefulExit: false,
    linewrap: true,
  });
  let value = 0;
  let lastNote = '';
  bar.start(total ?? 0, 0, { note: '' });
  return {
    update: (done, note) => {
      value = done;
      lastNote = printable(note);
      bar.update(done, { note: lastNote });
    },
    print: (text) => {
      bar.stop();
      terminal.out(text);
      bar.start(total ?? 0, value, { note: lastNote });
    },
    stop: () => bar.stop(),
  };
}

function plainProgress(label: string, total: number | undefined, terminal: Terminal): Progress {
  let printedAt = performance.now();
  return {
    update: (done, note) => {
      if (performance.now() - printedAt < PLAIN_EVERY_MS) return;
      printedAt = performance.now();
      terminal.error(`${label} ${done}${total === undefined ? '' : `/${total}`} ${note}`);
    },
    print: (text) => terminal.out(text),
    stop: () => undefined,
  };
}
