/**
 * Payouts, for the rule `effects`: every promised amount is paid, the storage records that once, and nothing else is
 * paid.
 */
import { defined } from '../../../adapters/contract/defined.ts';
import type { Finding } from '../../result.ts';
import { plural } from '../../counts.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import type { Effect } from '../facts/effectTable.ts';
import type { Payout } from '../facts/sections.ts';
import type { StoredPayment } from '../facts/storage.ts';
import { drawLanes, shortId, type Findings } from '../findings.ts';
import { groupBy } from '../groupBy.ts';
import { describeEffect } from './effectFinding.ts';

/** Returns the number of payouts. `phase`: the first of two phases in the order of findings. */
export function findPayoutProblems(findings: Findings, file: CaseFile, phase: number): number {
  const { payouts } = file.journal;
  if (file.gaps.any !== undefined) return payouts.length;
  const paid = groupBy(payouts, ({ operationId }) => operationId);
  const marked = groupBy(file.storage.payments, ({ operationId }) => operationId);
  // If several effects share an id, it is unknown which of them was paid. Another rule reports the shared id.
  const real = new Map<string | undefined, Effect | 'several'>();
  for (const effect of file.effects) {
    const { operationId, events, executions } = effect;
    if (events.length > 0 || executions.length > 0)
      real.set(operationId, real.has(operationId) ? 'several' : effect);
  }
  for (const effect of real.values()) {
    if (effect === 'several') continue;
    findings.at(effect.rank, phase);
    const promised = effect.events.find((event) => event.promised !== undefined)?.promised;
    if (promised === undefined) continue;
    const { operationId } = effect;
    const problem =
      payoutProblem(effect, promised, paid.get(operationId) ?? []) ??
      markProblem(effect, promised, marked.get(operationId) ?? []);
    if (problem !== undefined)
      findings.add(() => describeEffect(effect, `promised to pay ${promised}, but ${problem}`));
  }
  for (const [operationId, [payout]] of paid) {
    if (payout === undefined || real.has(operationId)) continue;
    findings.at(payout.place, phase + 1);
    findings.add(() => describeUnfounded(payout));
  }
  for (const payment of file.storage.payments) {
    if (real.has(payment.operationId)) continue;
    findings.at(payment.place, phase + 1);
    findings.add(() => describeInvented(payment));
  }
  return payouts.length;
}

/** A payout may be repeated, because the rail drops duplicates. But it must be the same each time. */
function payoutProblem({ stream }: Effect, promised: string, payouts: readonly Payout[]): string | undefined {
  if (payouts.length === 0) return 'no service ever paid it';
  const other = payouts.find((payout) => payout.amount !== promised || payout.stream !== stream);
  if (other === undefined) return undefined;
  const where = other.stream === stream ? '' : ` for stream "${other.stream}"`;
  return `service ${other.service} paid ${other.amount}${where}`;
}

/** At the end of the load, payouts that are not marked as paid are made and marked. */
function markProblem(
  { stream }: Effect,
  promised: string,
  payments: readonly StoredPayment[],
): string | undefined {
  const [payment] = payments;
  if (payment === undefined)
    return 'although it was paid, storage has no event that says so: it would be paid again';
  if (payments.length > 1)
    return `storage has ${plural(payments.length, 'event')} that say so (${payments.map(({ event }) => event.id).join(', ')})`;
  const { amount, event } = payment;
  if (amount === promised && event.streamId === stream) return undefined;
  const where = event.streamId === stream ? '' : ` for stream "${event.streamId}"`;
  return `the event in storage says that ${amount ?? 'no amount'} was paid${where}`;
}

function describeUnfounded({ service, stream, operationId, amount, at }: Payout): Finding {
  return {
    summary: `Service ${service} paid ${amount} for operation ${shortId(operationId)} on stream "${stream}", which never took effect.`,
    stream,
    services: [service],
    lanes: drawLanes([
      {
        lane: `service ${service}`,
        label: `payout of ${amount}`,
        from: at,
        to: at,
        kind: 'call',
        marked: true,
      },
    ]),
  };
}

function describeInvented({ event, operationId = event.id }: StoredPayment): Finding {
  return {
    summary: `Storage says that operation ${shortId(operationId)} on stream "${event.streamId}" was paid, which never took effect.`,
    ...defined({ stream: event.streamId }),
    services: [],
    lanes: [],
  };
}
