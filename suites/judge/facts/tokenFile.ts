/** Requests and executions by idempotency token. */
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { rankOf } from '../places.ts';
import type { Execution } from './sections.ts';

/** Everything about one idempotency token. */
export interface TokenFile {
  /** Of the first that is said of it in the whole evidence. */
  readonly rank: number;
  readonly token: string;
  readonly requests: HistoryEntry[];
  readonly executions: Execution[];
}

export function byToken(
  requests: readonly HistoryEntry[],
  requestPlaces: readonly number[],
  executions: readonly Execution[],
): Map<string, TokenFile> {
  const tokens = new Map<string, TokenFile>();
  const fileOf = (token: string, rank: number): TokenFile => {
    let file = tokens.get(token);
    if (file === undefined) {
      file = { rank, token, requests: [], executions: [] };
      tokens.set(token, file);
    }
    return file;
  };
  requests.forEach((request, index) => {
    const { token } = request.args;
    if (token !== undefined) fileOf(token, requestPlaces[index] as number).requests.push(request);
  });
  for (const execution of executions) {
    const { token, place } = execution;
    if (token !== undefined) fileOf(token, rankOf(1, place)).executions.push(execution);
  }
  return tokens;
}
