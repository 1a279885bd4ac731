/** Converts a parsed and checked line into the form that the checker takes. */
import { ExactNumber } from './exactNumber.ts';
import type { HistoryLine, HistoryModel } from './lines.ts';
import type { ExactTime, Times } from './times.ts';

type Values = Readonly<Record<string, unknown>>;

/** A line in which `lineProblem` has found no problem. */
export interface ParsedLine {
  readonly call: ExactTime;
  readonly return: ExactTime | null;
  readonly outcome: 'ok' | 'fail' | 'unknown';
  readonly args: Values;
  readonly result?: Values;
}

/** Returns a text if the times of the line are wrong. */
export function settledLine(model: HistoryModel, line: ParsedLine, times: Times): HistoryLine | string {
  times.start(line.call);
  const call = times.relative(line.call);
  if (call === undefined) return tooFar('call', line.call, times);
  const end = line.return === null ? null : times.relative(line.return);
  // Without an answer the time means nothing, and some recorders write their largest number.
  if (end === undefined && line.outcome === 'ok') return tooFar('return', line.return, times);
  const settled = { ...line, call, return: end ?? null };
  if (model !== 'register') return { model, line: settled } as HistoryLine;
  const { args, result } = line;
  return {
    model,
    line: { ...settled, args: plain(args), ...(result === undefined ? {} : { result: plain(result) }) },
  } as HistoryLine;
}

/** With numbers in the form of the register model. */
function plain(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value instanceof ExactNumber ? value.text : value]),
  );
}

function tooFar(field: string, time: ExactTime | null, { origin = 0n }: Times): string {
  const got = time instanceof ExactNumber ? time.text : String(time);
  const from = origin === 0n ? '0' : `${origin}, the first call of the history`;
  return (
    `Expected "${field}" within ${Number.MAX_SAFE_INTEGER} of ${from}, got ${got}. ` +
    'Write the times of a history from one start, like nanoseconds since 1970 or since the first call'
  );
}
