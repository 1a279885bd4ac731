/** Rule 5: what clients saw of each stream is a run of its sequential model, by version order. */
import { describeState, shownBy, stateOf } from '../../checker/models/streamFields.ts';
import { checkVersionOrder, type VersionOrderResult } from '../../checker/versionOrder.ts';
import type { Finding } from '../../result.ts';
import type { CaseFile, StreamFile } from '../facts/caseFile.ts';
import { clientViewOf, type ClientView, type Source } from '../facts/clientOperations.ts';
import { plural } from '../../counts.ts';
import { distinct, drawLanes, shortId } from '../findings.ts';
import { barsOfExecution, barsOfRequest, labelOf } from '../pictures.ts';
import { defineRule, type Rule } from './rule.ts';
import { modelOf } from '../facts/streamState.ts';

type Illegal = Extract<VersionOrderResult, { verdict: 'illegal' }>;

export const linearizability: Rule = defineRule({
  name: 'linearizability',
  counts: ['checked', 'undecided', 'streams'],
  look(file, findings) {
    const model = modelOf(file.header);
    let checked = 0;
    let undecided = 0;
    for (const stream of file.streams.values()) {
      if (stream.seeded === undefined || stream.requests.length === 0) continue;
      const view = canDecide(file, stream) ? clientViewOf(file, stream) : undefined;
      if (view === undefined) {
        undecided += 1;
        continue;
      }
      checked += view.operations.length;
      findings.at(stream.rank);
      const result = checkVersionOrder(model, stateOf(stream.seeded), view.operations);
      if (result.verdict === 'illegal') findings.add(() => describe(stream, view, result));
    }
    return { checked, undecided, streams: file.streams.size };
  },
  conclude({ checked, undecided, streams }, { header, gaps }) {
    const why = `the outcome of unanswered requests on ${plural(undecided, 'stream')} is unknown`;
    return {
      checked,
      detail: `${plural(checked, 'operation')} on ${plural(streams, 'stream')} against ${modelOf(header).name}, by version order`,
      inconclusive: gaps.any ?? (undecided > 0 ? why : checked === 0 ? 'no client saw a stream' : undefined),
    };
  },
});

/**
 * Without audits, the effects of unanswered requests are unknown. The evidence of an interrupted run may not even
 * contain all requests.
 */
function canDecide({ gaps, header }: CaseFile, { requests }: StreamFile): boolean {
  if (header.interrupted !== undefined) return false;
  return gaps.audits === undefined || requests.every((request) => request.outcome !== 'unknown');
}

function describe(stream: StreamFile, { sources }: ClientView, illegal: Illegal): Finding {
  const source = sources[illegal.operation.id] as Source;
  const other = illegal.other === undefined ? undefined : sources[illegal.other.id];
  const involved = [...(other === undefined ? [] : [other]), source];
  return {
    summary: `No order of the requests on stream "${stream.id}" explains their answers: ${explain(illegal, source, other)}.`,
    stream: stream.id,
    services: distinct(involved.flatMap(servicesOf)),
    lanes: drawLanes([...(other === undefined ? [] : barsOf(other, false)), ...barsOf(source, true)]),
  };
}

function explain(illegal: Illegal, source: Source, other: Source | undefined): string {
  const { problem, revision, state, operation } = illegal;
  const name = nameOf(source);
  const otherName = other === undefined ? 'the stream as it was seeded' : nameOf(other);
  const at = state === undefined ? '' : describeState(state);
  switch (problem) {
    case 'repeat':
      return `${otherName} and ${name} both made revision ${source.effect?.revision}`;
    case 'gap':
      return `no request made revision ${revision}, but ${name} came after it`;
    case 'refused':
      return `${name} took effect on a stream that was ${at}, where it must be refused or change nothing`;
    case 'answer':
      return `${name} must have made ${at}, but was answered ${shownOf(source)}`;
    case 'order':
      return `${name} made revision ${revision}, although it was called after ${otherName} had been answered with a later state (${at})`;
    case 'stale': {
      if (operation.kind === 'absent')
        return `${name} did not find the stream, which was seeded and never deleted`;
      const seen = operation.shown?.revision;
      if (seen !== undefined && seen < revision)
        return `${name} saw an old state (${shownOf(source)}), although it was called after ${otherName} had been answered (${at})`;
      return `${name} saw ${shownOf(source)}, but neither the state when it was called (${at}) nor any later state before its answer explains that`;
    }
    default:
      return problem satisfies never;
  }
}

function shownOf({ request }: Source): string {
  const { result } = request ?? {};
  if (result === undefined) return 'nothing';
  const shown = describeState(shownBy(result));
  return shown === '' ? `${result.status} ${result.code ?? ''}`.trim() : shown;
}

function nameOf({ request, effect }: Source): string {
  if (request !== undefined)
    return `"${labelOf(request)}" (client ${request.client} through service ${request.service})`;
  return `${effect?.f ?? 'an effect'} (operation ${shortId(effect?.operationId ?? '?')}, without an answer)`;
}

function servicesOf({ request, effect }: Source): number[] {
  if (request !== undefined) return [request.service];
  return effect?.executions.map((execution) => execution.section.service) ?? [];
}

function barsOf({ request, effect }: Source, marked: boolean): ReturnType<typeof barsOfRequest> {
  if (request !== undefined) return barsOfRequest(request, marked);
  return effect?.executions.flatMap((execution) => barsOfExecution(execution)) ?? [];
}
