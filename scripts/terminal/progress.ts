/**
 * Shows what a command is doing: one live line on a TTY, plain lines elsewhere. Anything that takes longer than two
 * seconds is announced.
 */
import { SingleBar } from 'cli-progress';
import { printable } from '../../reports/words/printable.ts';
import type { Phase } from '../../scenarios/phase.ts';

/** Without a TTY, a phase is announced if it takes longer than this, in milliseconds. */
const SILENCE_MS = 2000;
/** How often progress is printed without a TTY, in milliseconds. */
const PLAIN_EVERY_MS = 10_000;
const LOOK_EVERY_MS = 500;

/** Disposing removes the live line. Nothing is printed afterwards. */
export interface Progress extends Disposable {
  /** Begins a phase. */
  phase(phase: Phase): void;
  /**
   * `note` follows the number: a rate, or what is counted. `left`: the remaining time, if it is known. A live line with
   * a total computes its own.
   */
  update(done: number, note: string, left?: string): void;
  /** Prints a line above the live one. */
  print(text: string): void;
}

export interface ProgressOptions {
  readonly label: string;
  readonly total: number | undefined;
  /** Prints results to `out` and progress to `error`. */
  readonly terminal: { out(text: string): void; error(text: string): void };
  /** Called when a phase begins. */
  readonly entered: (phase: Phase) => void;
}

/** `importing ./a.mjs, at most 60 s`. */
function phaseText({ what, atMostMs }: Phase): string {
  return atMostMs === undefined ? what : `${what}, at most ${Math.round(atMostMs / 1000)} s`;
}

/** Writes while the live line is hidden. */
export type Aside = (write: () => void) => void;

export interface LiveProgressOptions extends ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  /** Called with a function that writes next to the live line. Undefined: there is no live line any more. */
  readonly shows: (aside: Aside | undefined) => void;
}

export function liveProgress({
  label,
  total,
  terminal,
  entered,
  stream,
  shows,
}: LiveProgressOptions): Progress {
  const counted = total === undefined ? '{value}' : '{bar} {value}/{total}';
  const left = total === undefined ? '' : ' {eta_formatted} left';
  const bar = new SingleBar({
    stream,
    format: `${printable(label)} ${counted} {note}${left}{phase}`,
    barsize: 20,
    hideCursor: true,
    clearOnComplete: true,
    // The command itself handles Ctrl-C.
    gracefulExit: false,
    linewrap: true,
  });
  let value = 0;
  let shown = { note: '', phase: '' };
  bar.start(total ?? 0, value, shown);
  shows((write) => {
    bar.stop();
    write();
    bar.start(total ?? 0, value, shown);
  });
  return {
    phase: (phase) => {
      entered(phase);
      shown = { ...shown, phase: ` (${printable(phaseText(phase))})` };
      bar.update(value, shown);
    },
    update: (done, note) => {
      value = done;
      shown = { ...shown, note: printable(note) };
      bar.update(value, shown);
    },
    print: (text) => terminal.out(text),
    [Symbol.dispose]: () => {
      shows(undefined);
      bar.stop();
    },
  };
}

export function plainProgress({ label, total, terminal, entered }: ProgressOptions): Progress {
  let counted = '';
  let phase: { text: string; readonly since: number; isTold: boolean } | undefined;
  let printedAt = performance.now();
  const look = (): void => {
    const now = performance.now();
    const isNews = phase?.isTold === false && now - Math.max(phase.since, printedAt) >= SILENCE_MS;
    if (!isNews && now - printedAt < PLAIN_EVERY_MS) return;
    printedAt = now;
    if (phase !== undefined) phase.isTold = true;
    const parts = [counted, whatNow(isNews, now)].filter((part) => part !== '');
    if (parts.length > 0) terminal.error(`${label}: ${parts.join('; ')}`);
  };
  const whatNow = (isNews: boolean, now: number): string => {
    if (phase === undefined) return '';
    const seconds = Math.round((now - phase.since) / 1000);
    return isNews || seconds === 0 ? phase.text : `${phase.text}, for ${seconds} s`;
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  return {
    phase: (next) => {
      entered(next);
      const text = phaseText(next);
      if (next.goesOn === true && phase !== undefined) phase.text = text;
      else phase = { text, since: performance.now(), isTold: false };
    },
    update: (done, note, left) => {
      const rest = left === undefined ? '' : `, ${left} left`;
      counted = `${done}${total === undefined ? '' : `/${total}`} ${note}${rest}`;
    },
    print: (text) => {
      printedAt = performance.now();
      terminal.out(text);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
