/** Findings about an effect: how it is named and drawn. */
import { inWords } from '../../../scenarios/inWords.ts';
import type { Finding } from '../../result.ts';
import type { Effect } from '../facts/effectTable.ts';
import type { Execution } from '../facts/sections.ts';
import { distinct, drawLanes, shortId, type Bar } from '../findings.ts';
import { barsOfExecution, barsOfRequest } from '../pictures.ts';

/** `problem`: the end of a sentence that begins with the effect's name. */
export function describeEffect(effect: Effect, problem: string): Finding {
  return {
    summary: `${nameOf(effect)} ${problem}.`,
    stream: effect.stream,
    services: servicesOf(effect),
    lanes: drawLanes(barsOfEffect(effect)),
  };
}

function nameOf(effect: Effect): string {
  const what = effect.f === undefined ? 'An effect' : `The ${effect.f}`;
  return `${what} on stream "${effect.stream}" (operation ${shortId(effect.operationId)}, revision ${effect.revision}, ${by(effect)})`;
}

export function by(effect: Effect): string {
  const services = servicesOf(effect);
  return services.length === 0 ? 'no known service' : `service ${inWords(services.map(String))}`;
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

/** What a service was told of an execution that counts as rolled back. */
export function toldOf({ section }: Execution): string {
  const { service, outcome } = section;
  return outcome === 'committed'
    ? `withLock ran the callback of service ${service} again after that, as if nothing had been committed`
    : `withLock told service ${service}, which executed it, that nothing was committed`;
}
