/** What services, storage and clients say about each effect, joined by operation id and revision. */
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { isEffectAnswer, type OkAnswer } from './answers.ts';
import { rankOf } from '../places.ts';
import type { Execution } from './sections.ts';
import type { Storage, StoredEvent } from './storage.ts';
import type { TokenFile } from './tokenFile.ts';

export interface Effect {
  /** The rank of the first evidence about its operation id in the whole. */
  readonly rank: number;
  readonly stream: string;
  readonly operationId: string;
  readonly revision: number;
  /** Committed executions. */
  readonly executions: Execution[];
  /** Its events in storage, one per id. */
  readonly events: StoredEvent[];
  /** Answers that claim it. */
  readonly claims: OkAnswer[];
  /** Unanswered requests that may have caused it. They are searched only if no answer claims the effect. */
  unanswered: readonly HistoryEntry[];
  f: string | undefined;
  token: string | undefined;
  amount: string | undefined;
}

interface Sources {
  readonly committed: ReadonlySet<Execution>;
  readonly storage: Storage;
  readonly requests: readonly HistoryEntry[];
  /** Their places in the whole evidence. */
  readonly requestPlaces: readonly number[];
  readonly tokens: ReadonlyMap<string, TokenFile>;
}

type Table = Map<string, { readonly rank: number; readonly rows: Effect[] }>;

export function collectEffects(sources: Sources): Effect[] {
  const { committed, storage, requests, requestPlaces } = sources;
  const table: Table = new Map();
  for (const execution of committed) {
    const { section, operationId, revision, place } = execution;
    const about = { stream: section.stream, operationId, revision, rank: rankOf(0, place) };
    effectOf(table, about).executions.push(execution);
  }
  for (const [operationId, events] of storage.byOperation) {
    for (const event of events) {
      const { place, revision } = event;
      const { streamId = '' } = event.event;
      effectOf(table, { stream: streamId, operationId, revision, rank: rankOf(1, place) }).events.push(event);
    }
  }
  requests.forEach((request, index) => {
    if (!isEffectAnswer(request)) return;
    const { operationId = '', revision } = request.result;
    const rank = rankOf(2, requestPlaces[index] as number);
    effectOf(table, { stream: request.key, operationId, revision, rank }).claims.push(request);
  });
  const effects = [...table.values()].flatMap(({ rows }) => rows);
  const keyless = keylessUnknowns(requests);
  for (const effect of effects) complete(effect, sources, keyless);
  return effects;
}

/** The row of that operation and revision; an unknown revision joins the operation's first row. */
function effectOf(
  table: Table,
  about: Pick<Effect, 'stream' | 'operationId' | 'rank'> & { readonly revision: number | undefined },
): Effect {
  const { stream, operationId, revision } = about;
  let operation = table.get(operationId);
  if (operation === undefined) {
    operation = { rank: about.rank, rows: [] };
    table.set(operationId, operation);
  }
  const { rank, rows } = operation;
  const found = rows.find(
    (row) => row.stream === stream && (revision === undefined || row.revision === revision),
  );
  if (found !== undefined) return found;
  const row: Effect = {
    rank,
    stream,
    operationId,
    revision: revision ?? UNKNOWN_REVISION,
    executions: [],
    events: [],
    claims: [],
    unanswered: [],
    f: undefined,
    token: undefined,
    amount: undefined,
  };
  rows.push(row);
  return row;
}

/** Stands for an unknown revision. No effect makes it, because seeded revisions are not negative. */
export const UNKNOWN_REVISION = -1;

function complete(
  effect: Effect,
  { tokens, storage }: Sources,
  keyless: ReadonlyMap<string, readonly HistoryEntry[]>,
): void {
  const claim = effect.claims[0];
  const execution = effect.executions[0];
  effect.f = execution?.f ?? claim?.f;
  effect.token = execution?.token ?? claim?.args.token;
  if (claim === undefined) {
    const { token, stream, f } = effect;
    const fingerprint = token === undefined ? undefined : storage.records.get(token)?.fingerprint;
    const candidates =
      token === undefined ? (keyless.get(stream) ?? []) : (tokens.get(token)?.requests ?? []);
    effect.unanswered = candidates.filter(
      (request) =>
        request.outcome === 'unknown' &&
        request.f === f &&
        request.key === stream &&
        (fingerprint === undefined || request.args.fingerprint === fingerprint),
    );
  }
  effect.amount = claim?.args.amount ?? onlyAmount(effect.unanswered) ?? effect.events[0]?.promised;
}

/** The amount of the requests, if they agree. */
function onlyAmount(requests: readonly HistoryEntry[]): string | undefined {
  const amounts = new Set(requests.map((request) => request.args.amount));
  return amounts.size === 1 ? requests[0]?.args.amount : undefined;
}

function keylessUnknowns(requests: readonly HistoryEntry[]): Map<string, HistoryEntry[]> {
  const streams = new Map<string, HistoryEntry[]>();
  for (const request of requests) {
    if (request.outcome !== 'unknown' || request.args.token !== undefined) continue;
    const list = streams.get(request.key) ?? [];
    streams.set(request.key, list);
    list.push(request);
  }
  return streams;
}
