/** Rule 3: clients, services and storage speak of the same effects, and each is paid. */
import type { Finding } from '../../result.ts';
import type { CaseFile } from '../facts/caseFile.ts';
import type { Effect } from '../facts/effectTable.ts';
import { plural } from '../../counts.ts';
import { distinct, drawLanes, shortId, type Bar, type Findings } from '../findings.ts';
import { barsOfExecution, barsOfRequest } from '../pictures.ts';
import { defineRule, type Rule } from './rule.ts';
import type { Execution, Payout } from '../facts/sections.ts';

/** In which order findings are told: each goes through the whole evidence. */
const SHARED = 0;
const DISAGREEING = 1;
const UNPAID = 2;
const UNFOUNDED = 3;

export const effects: Rule = defineRule({
  name: 'effects',
  counts: ['effects', 'payouts'],
  look(file, findings) {
    const discarded = discardedByOperation(file);
    findSharedIds(findings, file.effects);
    for (const effect of file.effects) {
      if (file.gaps.any !== undefined) continue;
      findings.at(effect.rank, DISAGREEING);
      const problem = problemOf(effect, discarded.get(effect.operationId) ?? []);
      if (problem !== undefined) findings.add(() => describe(effect, problem));
    }
    return { effects: file.effects.length, payouts: findPayoutProblems(findings, file) };
  },
  conclude: ({ effects: checked, payouts }, { gaps }) => ({
    checked,
    detail: `${plural(checked, 'effect')} compared between clients, services and storage, ${plural(payouts, 'payout')} with their intents`,
    inconclusive: gaps.any ?? (checked === 0 ? 'nothing took effect' : undefined),
  }),
});

function discardedByOperation(file: CaseFile): Map<string, Execution[]> {
  const discarded = new Map<string, Execution[]>();
  for (const execution of file.journal.executions) {
    if (file.committed.has(execution)) continue;
    const list = discarded.get(execution.operationId);
    if (list === undefined) discarded.set(execution.operationId, [execution]);
    else list.push(execution);
  }
  return discarded;
}

/** What is wrong with an effect, as the end of a sentence that begins with its name. */
function problemOf(effect: Effect, discarded: readonly Execution[]): string | undefined {
  const stored = effect.events.length > 0;
  if (effect.claims.length > 0 && !stored)
    return 'was acknowledged, but storage has no event of it: the acknowledged effect is lost';
  if (stored && effect.executions.length === 0) {
    const aborted = discarded[0];
    if (aborted === undefined) return 'is in storage, but no service executed it';
    return `is in storage, although ${toldOf(aborted)}`;
  }
  const [executed] = effect.executions;
  if (!stored && executed !== undefined)
    return `was committed, as withLock told service ${executed.section.service}, but storage has no event of it: the committed effect is lost`;
  if (stored && effect.claims.length === 0 && effect.unanswered.length === 0)
    return 'is in storage, but every client that requested it was told that it had not happened';
  return undefined;
}

/** What a service was told of an execution that counts as rolled back. */
function toldOf({ section }: Execution): string {
  const { service, outcome } = section;
  return outcome === 'committed'
    ? `withLock ran the callback of service ${service} again after that, as if nothing had been committed`
    : `withLock told service ${service}, which executed it, that nothing was committed`;
}

function describe(effect: Effect, problem: string): Finding {
  return {
    summary: `${nameOf(effect)} ${problem}.`,
    stream: effect.stream,
    services: servicesOf(effect),
    lanes: drawLanes(barsOfEffect(effect)),
  };
}

/** Two effects must not share an id: the rail would pay only one of them. Twice the same request: see the rule replay. */
function findSharedIds(findings: Findings, all: readonly Effect[]): void {
  const owners = new Map<string, Effect>();
  for (const effect of all) {
    if (effect.executions.length === 0) continue;
    findings.at(effect.rank, SHARED);
    const owner = owners.get(effect.operationId);
    if (owner === undefined) {
      owners.set(effect.operationId, effect);
      continue;
    }
    if (owner.token !== undefined && owner.token === effect.token && owner.stream === effect.stream) continue;
    findings.add(() => ({
      summary: `Two committed effects share the operation id ${shortId(effect.operationId)}: revision ${owner.revision} of stream "${owner.stream}" by ${by(owner)}, and revision ${effect.revision} of stream "${effect.stream}" by ${by(effect)}.`,
      stream: effect.stream,
      services: distinct([...servicesOf(owner), ...servicesOf(effect)]),
      lanes: drawLanes([...barsOfEffect(owner), ...barsOfEffect(effect)]),
    }));
  }
}

/** Every promise is paid in the end, with its amount; nothing else is paid. Repeated payouts are the rail's to drop. */
function findPayoutProblems(findings: Findings, file: CaseFile): number {
  const { payouts } = file.journal;
  const paid = new Map<string, Payout>();
  for (const payout of payouts) if (!paid.has(payout.operationId)) paid.set(payout.operationId, payout);
  if (file.gaps.any !== undefined) return payouts.length;
  const real = new Map<string, Effect>();
  for (const effect of file.effects) {
    if (effect.events.length === 0 && effect.executions.length === 0) continue;
    findings.at(effect.rank, UNPAID);
    real.set(effect.operationId, effect);
    const promised = effect.events.find((event) => event.promised !== undefined)?.promised;
    if (promised === undefined) continue;
    const payout = paid.get(effect.operationId);
    if (payout === undefined)
      findings.add(() => describe(effect, `promised to pay ${promised}, but no service ever paid it`));
    else if (payout.amount !== promised)
      findings.add(() =>
        describe(effect, `promised to pay ${promised}, but service ${payout.service} paid ${payout.amount}`),
      );
  }
  for (const payout of paid.values()) {
    findings.at(payout.place, UNFOUNDED);
    const effect = real.get(payout.operationId);
    if (effect === undefined) findings.add(() => describeUnfounded(payout));
  }
  return payouts.length;
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

function nameOf(effect: Effect): string {
  const what = effect.f === undefined ? 'An effect' : `The ${effect.f}`;
  return `${what} on stream "${effect.stream}" (operation ${shortId(effect.operationId)}, revision ${effect.revision}, ${by(effect)})`;
}

function by(effect: Effect): string {
  const services = servicesOf(effect);
  return services.length === 0 ? 'no known service' : `service ${services.join(' and ')}`;
}

export function servicesOf(effect: Effect): number[] {
  const executed = effect.executions.map((execution) => execution.section.service);
  return distinct(executed.length > 0 ? executed : effect.claims.map((claim) => claim.service));
}

export function barsOfEffect(effect: Effect): Bar[] {
  return [
    ...effect.executions.flatMap((execution) => barsOfExecution(execution)),
    ...effect.claims.slice(0, 2).flatMap((claim) => barsOfRequest(claim, true)),
    ...effect.unanswered.slice(0, 2).flatMap((request) => barsOfRequest(request)),
  ];
}
