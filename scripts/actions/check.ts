import { setImmediate as nextTurn } from 'node:timers/promises';
import { checkDocument, checkedBlocks } from '../../reports/check/document.ts';
import { checkJson } from '../../reports/check/json.ts';
import type { CheckedFile } from '../../reports/check/model.ts';
import { drawBlocks } from '../../reports/document/terminal/draw.ts';
import type { HistoryModel } from '../../scenarios/history/lines.ts';
import { checkInSlices } from '../../suites/checker/checkHistory.ts';
import type { CheckResult, CheckVerdict, History } from '../../suites/checker/result.ts';
import { ENVIRONMENT_STATUS } from '../errors.ts';
import { loadHistory, type HistorySource } from '../../suites/judging/histories.ts';
import { listenForInterrupt } from '../session/interrupt.ts';
import type { CommandContext } from '../context.ts';
import { pagePath, writePage } from '../check/pageFile.ts';
import { lockstepVersion } from '../paths.ts';

const MEGABYTE = 1024 * 1024;
/** The longest time for explaining an illegal history, in milliseconds. */
const MAX_EXPLAIN_MS = 10_000;
/** How often to check for Ctrl-C, in milliseconds. */
const LISTEN_EVERY_MS = 50;

const STATUSES: Readonly<Record<CheckVerdict, number>> = { ok: 0, illegal: 1, unknown: ENVIRONMENT_STATUS };

export interface CheckFlags {
  readonly model?: HistoryModel;
  readonly timeout: number;
  readonly memory: number;
  readonly json?: boolean;
  readonly html?: string;
}

export async function check(
  context: CommandContext,
  names: readonly string[],
  flags: CheckFlags,
): Promise<void> {
  const { terminal, cwd, done } = context;
  const files: CheckedFile[] = [];
  // Before the work, because a verdict may take minutes.
  const page = flags.html === undefined ? undefined : pagePath(cwd, flags.html);
  // Loaded on demand: most checks draw no page and start faster without this.
  const drawHtml =
    page === undefined ? undefined : (await import('../../reports/document/html/draw.ts')).drawHtml;
  const finish = (isInterrupted: boolean): number => {
    if (flags.json === true) terminal.out(checkJson(files));
    if (page !== undefined && flags.html !== undefined && drawHtml !== undefined) {
      writePage(page, flags.html, drawHtml(checkDocument({ files, lockstepVersion: lockstepVersion() })));
      terminal.error(`Timeline: ${flags.html}`);
    }
    return statusOf(files, isInterrupted);
  };
  using interruption = listenForInterrupt({ terminal, giveUp: () => finish(true) });
  using progress = terminal.progress('check');
  for (const name of names) {
    const { signal } = interruption;
    if (signal.aborted) break;
    progress.phase({ what: `reading ${name}` });
    const history = await loadUntil({ cwd, name, model: flags.model, signal });
    if (history === undefined) {
      terminal.error(`${name}: stopped while it was read, so nothing is known of it.`);
      break;
    }
    progress.phase({ what: `checking ${name}`, atMostMs: flags.timeout * 1000 + explainMs(flags) });
    const file = { name, result: await checkUntil(history, flags, signal) };
    files.push(file);
    if (flags.json !== true) progress.print(`${drawBlocks(checkedBlocks(file), terminal.style)}\n`);
  }
  done(finish(interruption.signal.aborted));
}

/** Undefined: the command was interrupted. */
async function loadUntil(
  source: HistorySource & { readonly signal: AbortSignal },
): Promise<History | undefined> {
  try {
    return await loadHistory(source);
  } catch (error) {
    if (source.signal.aborted && error === source.signal.reason) return undefined;
    throw error;
  }
}

function explainMs({ timeout }: CheckFlags): number {
  return Math.min(timeout * 1000, MAX_EXPLAIN_MS);
}

async function checkUntil(history: History, flags: CheckFlags, signal: AbortSignal): Promise<CheckResult> {
  const timeoutMs = flags.timeout * 1000;
  const checking = checkInSlices(history, {
    timeoutMs,
    explainMs: explainMs(flags),
    memoryBytes: flags.memory * MEGABYTE,
    clock: () => performance.now(),
  });
  let listenedAt = performance.now();
  for (;;) {
    const slice = checking.next(signal.aborted);
    if (slice.done === true) return slice.value;
    if (performance.now() - listenedAt < LISTEN_EVERY_MS) continue;
    await nextTurn();
    listenedAt = performance.now();
  }
}

/** Illegal is final, whatever else is unknown. Files that an interruption left out are unknown. */
function statusOf(files: readonly CheckedFile[], isInterrupted: boolean): number {
  const verdicts = files.map((file) => file.result.verdict);
  if (verdicts.includes('illegal')) return STATUSES.illegal;
  return isInterrupted || verdicts.includes('unknown') ? STATUSES.unknown : STATUSES.ok;
}
