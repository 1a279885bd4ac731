/** Scans all pages of a list, recorded as one line of history. */
import type { HistoryEntry } from '../../evidence/model/history.ts';
import { asText } from '../../evidence/asText.ts';
import type { HttpRequest } from './connection.ts';
import type { Asked } from './sender.ts';
import type { PlannedRequest } from '../mixes/index.ts';
import { certainlyNothing } from './recorder.ts';
import { getRequest } from './requests.ts';

/** Ends the scan of a list whose cursors repeat. */
const MAX_PAGES = 10_000;

/** Requests page after page. Undefined: no service was left to ask. */
export async function scanPages(
  { list, limit }: Extract<PlannedRequest, { kind: 'scan' }>,
  ask: (request: HttpRequest) => Promise<Asked | undefined>,
): Promise<HistoryEntry | undefined> {
  const ids: string[] = [];
  let first: Asked | undefined;
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const suffix = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const asked = await ask(getRequest(`/${list}?limit=${limit}${suffix}`));
    if (asked === undefined) return undefined;
    first ??= asked;
    const { client, service } = asked;
    const base = { client, service, key: list, f: 'scan' as const, args: { list, limit }, call: first.call };
    if (asked.kind === 'lost') return { ...base, return: null, outcome: 'unknown' };
    const { status } = asked;
    const page = status === 200 ? pageIn(asked.body) : undefined;
    if (page === undefined) {
      const outcome = certainlyNothing(status) ? 'fail' : 'unknown';
      return { ...base, return: asked.return, outcome, result: { status } };
    }
    for (const id of page.ids) ids.push(id);
    cursor = page.nextCursor;
    if (cursor === undefined)
      return { ...base, return: asked.return, outcome: 'ok', result: { status, ids } };
  }
  const { client = 0, service = 0, call = 0 } = first ?? {};
  return {
    client,
    service,
    key: list,
    f: 'scan',
    args: { list, limit },
    call,
    return: null,
    outcome: 'unknown',
    result: { status: 200, code: 'ENDLESS_SCAN' },
  };
}

function pageIn(body: string): { readonly ids: string[]; readonly nextCursor?: string } | undefined {
  try {
    const page = JSON.parse(body) as { items: readonly { id: unknown }[]; nextCursor?: unknown };
    const { nextCursor } = page;
    const ids = page.items.map((item) => asText(item.id));
    if (nextCursor === undefined) return { ids };
    // A cursor that is no valid Unicode cannot be part of a URL.
    encodeURIComponent(asText(nextCursor));
    return { ids, nextCursor: asText(nextCursor) };
  } catch {
    return undefined;
  }
}
