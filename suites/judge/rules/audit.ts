/** Rule 6: every instance reads the same, namely the seeded streams with all committed effects. */
import type { StreamRecord } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { IdOf } from '../../../adapters/contract/rules/ids.ts';
import { effectEvent } from '../../../adapters/protocol/effect.ts';
import type { Operation } from '../../../adapters/protocol/types.ts';
import type { StreamState } from '../../models/stream.ts';
import type { Finding } from '../../result.ts';
import type { CaseFile, StreamFile } from '../facts/caseFile.ts';
import { AFTER_DISAGREEMENTS, findDisagreements } from '../facts/disagreements.ts';
import { barsOfEffect, servicesOf } from './effectFinding.ts';
import type { Effect } from '../facts/effectTable.ts';
import { plural } from '../../counts.ts';
import { distinct, drawLanes, shortId, type Findings } from '../findings.ts';
import { sameJson } from '../json.ts';
import { momentOf } from '../order.ts';
import { amountOf, describeState, stateOf } from '../../checker/models/streamFields.ts';
import { defineRule, type Rule } from './rule.ts';
import { inputOfEffect, modelOf } from '../facts/streamState.ts';

/** Fields that an effect may change; the models speak of the first four. */
const CHANGING: ReadonlySet<string> = new Set([
  'status',
  'revision',
  'releasedAmount',
  'withdrawnAmount',
  'updatedAt',
  'nextAction',
  'settlementTxHash',
  'withdrawal',
]);

/** The order of findings, after those about readers that disagree. Each kind goes through the whole evidence. */
const STATES = AFTER_DISAGREEMENTS;
const EVENTS = STATES + 1;
const INVENTED = EVENTS + 1;

export const audit: Rule = defineRule({
  name: 'audit',
  counts: ['streams', 'events', 'effects', 'undecided'],
  look(file, findings) {
    const { storage } = file;
    const disputed = findDisagreements(findings, file);
    let undecided = 0;
    for (const stream of file.streams.values()) {
      if (disputed.has(stream.id) || file.gaps.any !== undefined || stream.seeded === undefined) continue;
      findings.at(stream.rank, STATES);
      const stored = storage.streams.get(stream.id);
      if (stored === undefined) findings.add(() => finding(stream, 'was seeded but is not in storage'));
      else undecided += judgeStream(findings, file, stream, stream.seeded, stored) ? 0 : 1;
    }
    if (file.gaps.any === undefined) {
      for (const effect of file.effects) judgeEvents(findings, effect);
      findInvented(findings, file);
    }
    const { streams, events } = storage;
    return { streams: streams.size, events: events.size, effects: file.effects.length, undecided };
  },
  conclude: ({ streams, events, effects, undecided }, { gaps, readers }) => ({
    checked: streams + events,
    detail: `${plural(streams, 'stream')} and ${plural(events, 'event')} as seen by ${plural(readers.length, 'reader')}, compared with each other and with ${plural(effects, 'replayed effect')}`,
    inconclusive:
      gaps.any ??
      (undecided === 0 ? undefined : `the amounts of effects on ${plural(undecided, 'stream')} are unknown`),
  }),
});

/** Whether the stream could be judged. It cannot if the amount of an effect is unknown. */
function judgeStream(
  findings: Findings,
  file: CaseFile,
  stream: StreamFile,
  seeded: StreamRecord,
  stored: StreamRecord,
): boolean {
  for (const field of Object.keys({ ...seeded, ...stored })) {
    if (CHANGING.has(field) || isSameField(field, seeded[field], stored[field])) continue;
    const problem =
      seeded[field] === undefined
        ? `got a field "${field}" that nobody wrote: ${JSON.stringify(stored[field])}`
        : `lost its field "${field}": it was seeded with ${JSON.stringify(seeded[field])}, but storage has ${JSON.stringify(stored[field])}`;
    findings.add(() => finding(stream, problem));
  }
  const state = stateOf(stored);
  if (state.released < state.withdrawn)
    findings.add(() => finding(stream, `has more withdrawn than released: ${describeState(state)}`));
  const model = modelOf(file.header);
  const effects = [...stream.effects].sort((a, b) => a.revision - b.revision);
  let expected = stateOf(seeded);
  for (const effect of effects) {
    const before = expected;
    const input = inputOfEffect(effect, file.header);
    if (input === undefined) return false;
    const step = model.step(before, input);
    if (step.kind !== 'effect') {
      findings.add(() =>
        finding(
          stream,
          `took an effect that its state does not allow: ${effect.f} (operation ${shortId(effect.operationId)}, revision ${effect.revision}) after ${describeState(before)}`,
          effect,
        ),
      );
      return true;
    }
    expected = step.state;
    judgeEvent(findings, stream, effect, { before, after: expected, idOf: file.idOf });
  }
  if (!isSameState(expected, state)) {
    findings.add(() =>
      finding(
        stream,
        `should be ${describeState(expected)} after its ${plural(effects.length, 'effect')}, but storage has ${describeState(state)}`,
        effects.at(-1),
      ),
    );
  }
  return true;
}

/** The event of an effect must name the effect's operation, and promise exactly the amount that was moved. */
function judgeEvent(
  findings: Findings,
  stream: StreamFile,
  effect: Effect,
  { before, after, idOf }: { readonly before: StreamState; readonly after: StreamState; readonly idOf: IdOf },
): void {
  const [stored] = effect.events;
  if (stored === undefined) return;
  const { event, promised } = stored;
  const { stream: streamId, operationId, revision, f } = effect;
  const appended = effectEvent({ streamId, operationId, revision, operation: f as Operation }, idOf);
  for (const field of ['id', 'type'] as const)
    if (event[field] !== appended[field])
      findings.add(() =>
        finding(
          stream,
          `took an effect by ${f}, but its event has the ${field} "${event[field]}" instead of "${appended[field]}"`,
          effect,
        ),
      );
  const moved = after.released - before.released + (after.withdrawn - before.withdrawn);
  if (promised === undefined ? moved === 0n : amountOf(promised) === moved) return;
  findings.add(() =>
    finding(
      stream,
      `moved ${moved} by ${effect.f}, but its event says ${promised ?? 'nothing of it'}`,
      effect,
    ),
  );
}

/** Each effect has one event. */
function judgeEvents(findings: Findings, effect: Effect): void {
  const { events, executions, claims, operationId, revision, stream } = effect;
  if (events.length === 1 || (executions.length === 0 && claims.length === 0)) return;
  findings.at(effect.rank, EVENTS);
  const problem =
    events.length === 0
      ? 'has no event in the activity'
      : `has ${events.length} events in the activity (${events.map(({ event }) => event.id).join(', ')})`;
  findings.add(() => ({
    summary: `The ${effect.f ?? 'effect'} on stream "${stream}" (operation ${shortId(operationId)}, revision ${revision}) ${problem}.`,
    stream,
    services: servicesOf(effect),
    lanes: drawLanes(barsOfEffect(effect)),
  }));
}

function findInvented(findings: Findings, { storage, streams, tokens }: CaseFile): void {
  for (const { row, place } of storage.otherEvents) {
    findings.at(place, INVENTED);
    findings.add(() => ({
      summary: `Storage has an event "${row.id}" of type "${row.type}" that nobody appended.`,
      ...defined({ stream: row.streamId }),
      services: [],
      lanes: [],
    }));
  }
  let record = 0;
  for (const token of storage.records.keys()) {
    findings.at(storage.recordPlaces[record] as number, INVENTED);
    record += 1;
    if (tokens.has(token)) continue;
    findings.add(() => ({
      summary: `Storage has a replay record of token "${token}", which nobody used.`,
      services: [],
      lanes: [],
    }));
  }
  let at = 0;
  for (const id of storage.streams.keys()) {
    findings.at(storage.streamPlaces[at] as number, INVENTED);
    at += 1;
    if (streams.has(id)) continue;
    findings.add(() => ({
      summary: `Storage has a stream "${id}" that nobody created or requested.`,
      stream: id,
      services: [],
      lanes: [],
    }));
  }
}

function finding(stream: StreamFile, problem: string, effect?: Effect): Finding {
  return {
    summary: `Stream "${stream.id}" ${problem}.`,
    stream: stream.id,
    services:
      effect === undefined ? distinct(stream.effects.flatMap((one) => servicesOf(one))) : servicesOf(effect),
    lanes: effect === undefined ? [] : drawLanes(barsOfEffect(effect)),
  };
}

function isSameField(field: string, seeded: unknown, stored: unknown): boolean {
  if (field === 'createdAt' && typeof seeded === 'string' && typeof stored === 'string')
    return momentOf(seeded) === momentOf(stored);
  return sameJson(seeded, stored);
}

function isSameState(a: StreamState, b: StreamState): boolean {
  return (
    a.status === b.status &&
    a.revision === b.revision &&
    a.released === b.released &&
    a.withdrawn === b.withdrawn
  );
}
