/** Rule 3: clients, services and storage agree on the effects, and each effect is paid. */
import type { CaseFile } from '../facts/caseFile.ts';
import type { Effect } from '../facts/effectTable.ts';
import { plural } from '../../counts.ts';
import { barsOfEffect, by, describeEffect, servicesOf, toldOf } from './effectFinding.ts';
import { distinct, drawLanes, shortId, type Findings } from '../findings.ts';
import { findPayoutProblems } from './payouts.ts';
import { defineRule, type Rule } from './rule.ts';
import type { Execution } from '../facts/sections.ts';

/** The order of findings. Each kind goes through the whole evidence. */
const SHARED = 0;
const DISAGREEING = 1;
const OF_PAYOUTS = 2;

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
      if (problem !== undefined) findings.add(() => describeEffect(effect, problem));
    }
    return { effects: file.effects.length, payouts: findPayoutProblems(findings, file, OF_PAYOUTS) };
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

/**
 * Two effects must not share an id, because the rail would only pay one of them. For a repeated request see the rule
 * `replay`.
 */
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
