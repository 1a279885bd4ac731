/** Sections, executions and requests as bars of a picture, and their names in summaries. */
import type { HistoryEntry } from '../../scenarios/evidence/model/history.ts';
import { shortId, type Bar } from './findings.ts';
import { attemptOf, type Attempt, type Execution, type JournalSection } from './facts/sections.ts';

/** A span of a section, from its first read to the end of its callback. */
export interface Inside {
  readonly from: number;
  readonly to: number;
}

export function insideOf({ enter, read, leave }: Attempt): Inside {
  return { from: read ?? enter, to: leave ?? read ?? enter };
}

/** The span of the run that executed it. */
export function spanOf(execution: Execution): Inside {
  const attempt = attemptOf(execution);
  return attempt === undefined ? { from: execution.at, to: execution.at } : insideOf(attempt);
}

/** `service 2 (settle, operation 3f9a01bc…, revision 3)`. */
export function nameOfExecution({ section, operationId, revision, f }: Execution): string {
  return `service ${section.service} (${f}, operation ${shortId(operationId)}, revision ${revision})`;
}

export function barsOfExecution(execution: Execution, lane?: string): Bar[] {
  return barsOfSection(execution.section, spanOf(execution), lane);
}

/** The bars of two executions. If both are on one service, each has its own lane. */
export function barsOfPair(first: Execution, second: Execution): Bar[] {
  const { service } = first.section;
  if (service !== second.section.service)
    return heldAtOnce([...barsOfExecution(first), ...barsOfExecution(second)]);
  return heldAtOnce(
    [first, second].flatMap((execution, index) =>
      barsOfExecution(execution, `service ${service}, section ${index + 1}`),
    ),
  );
}

/** Bars that overlap although they must not are marked, so that the picture measures the same overlap as the text. */
export function heldAtOnce(bars: readonly Bar[]): Bar[] {
  return bars.map((bar) => (bar.marked === true ? { ...bar, held: true } : bar));
}

/** The wait for the lock, the work inside, and the rest until withLock settled. */
export function barsOfSection(section: JournalSection, { from, to }: Inside, name?: string): Bar[] {
  const { service, wait, attempts, outcome, settled, stream } = section;
  const lane = name ?? `service ${service}`;
  const enter = attempts.findLast((attempt) => attempt.enter <= from)?.enter ?? from;
  const execution = section.executions.at(-1);
  const label =
    execution === undefined
      ? 'no effect'
      : `${execution.f} → revision ${execution.revision} (${shortId(execution.operationId)})`;
  return [
    { lane, label: `enter ${stream}`, from: Math.min(wait ?? enter, enter), to: enter, kind: 'enter' },
    { lane, label, from, to, kind: 'call', marked: true },
    { lane, label: outcome, from: to, to: Number.isFinite(settled) ? settled : to, kind: 'leave' },
  ];
}

export function barsOfRequest(request: HistoryEntry, marked = false): Bar[] {
  return [
    {
      lane: `client ${request.client} of service ${request.service}`,
      label: labelOf(request),
      from: request.call,
      to: request.return ?? Infinity,
      kind: request.outcome === 'ok' ? 'call' : 'error',
      marked,
    },
  ];
}

/** `settle 5 → 200, revision 3`. */
export function labelOf({ f, args, outcome, result }: HistoryEntry): string {
  const amount = args.amount === undefined ? '' : ` ${args.amount}`;
  if (result === undefined) return `${f}${amount} → ${outcome}`;
  const replayed = result.replayed === true ? ', replayed' : '';
  const revision = result.revision === undefined ? '' : `, revision ${result.revision}`;
  const code = result.code === undefined ? '' : ` ${result.code}`;
  return `${f}${amount} → ${result.status}${code}${revision}${replayed}`;
}
