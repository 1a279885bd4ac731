/** Executions and requests as bars of a picture, and their names in summaries. */
import type { HistoryEntry } from '../../scenarios/evidence.ts';
import { shortId, type Bar } from './findings.ts';
import { attemptOf, type Execution } from './sections.ts';

/** From the first read to the last act of the run that executed it. */
export function spanOf(execution: Execution): { readonly from: number; readonly to: number } {
  const attempt = attemptOf(execution);
  return {
    from: attempt?.read ?? attempt?.enter ?? execution.at,
    to: attempt?.leave ?? execution.at,
  };
}

export function nameOfExecution({ section, operationId, revision, f }: Execution): string {
  return `service ${section.service} (${f}, operation ${shortId(operationId)}, revision ${revision})`;
}

export function barsOfExecution(execution: Execution): Bar[] {
  const { section, f, revision, operationId } = execution;
  const lane = `service ${section.service}`;
  const { from, to } = spanOf(execution);
  const label = `${f} → revision ${revision}, operation ${shortId(operationId)}`;
  const end = Number.isFinite(section.settled) ? section.settled : to;
  return [
    { lane, label, from, to, kind: 'call', marked: true },
    { lane, label: section.outcome, from: to, to: Math.max(to, end), kind: 'leave' },
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
