import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StorageAdapter } from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import type { Workload } from '../../../adapters/protocol/types.ts';
import type { JournalEntry } from '../../evidence/model/journal.ts';
import { MAX_BODY_BYTES } from './http.ts';
import { openJournal, runClock, type JournalWriter } from './journal.ts';
import { Striker } from './striker.ts';
import { handle } from './routes.ts';
import { forEachEntry, type JournalLine } from '../../evidence/sectionLines.ts';
import { listen, type RunningServer } from './server.ts';
import { seededStream } from '../run/streams.ts';
import { openMapAdapter } from '../testing/mapAdapter.ts';

const TOKEN = 'secret';
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };

let directory: string;
let adapter: StorageAdapter;
let journal: JournalWriter;
let server: RunningServer;
let namespaces = 0;

async function start(workload: Workload = 'lifecycle', opened?: StorageAdapter): Promise<void> {
  adapter = opened ?? openMapAdapter(`routes${(namespaces += 1)}`);
  journal = openJournal(join(directory, 'journal.jsonl'), 3, runClock(process.hrtime.bigint()));
  const context = {
    adapter,
    workload,
    journal,
    journalsAtOnce: false,
    striker: new Striker(() => {}),
    service: 3,
  };
  server = await listen((request, response) => handle(context, request, response), TOKEN);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockstep-routes-'));
});
afterEach(async () => {
  await server.close();
  journal.close();
  rmSync(directory, { recursive: true });
});

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  given: ConstructorParameters<typeof Headers>[0] = {},
): Promise<Answered> {
  const headers = new Headers(given);
  if (!headers.has('authorization')) headers.set('authorization', AUTHORIZED.authorization);
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method,
    headers,
    ...defined({ body: text }),
  });
  const answer = await response.text();
  const json: unknown = answer === '' ? undefined : JSON.parse(answer);
  return { status: response.status, headers: response.headers, text: answer, json };
}

function journaled(): JournalEntry[] {
  const lines = readFileSync(join(directory, 'journal.jsonl'), 'utf8').trimEnd().split('\n');
  const entries: JournalEntry[] = [];
  for (const line of lines.slice(1))
    forEachEntry(JSON.parse(line) as JournalLine, (entry) => entries.push(entry));
  return entries;
}

const ACTIVE = seededStream(0, 'lifecycle', 'active');

describe('operations', () => {
  it('settle once and replay the same bytes', async () => {
    await start();
    await ask('POST', '/streams', ACTIVE);
    const headers = { 'idempotency-key': 'k1' };
    const first = await ask('POST', `/streams/${ACTIVE.id}/settle`, {}, headers);
    const second = await ask('POST', `/streams/${ACTIVE.id}/settle`, undefined, headers);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.text).toBe(first.text);
    expect(first.json.stream).toMatchObject({ id: ACTIVE.id, status: 'ended', revision: 1 });
    expect(first.headers.get('lockstep-replayed')).toBe('false');
    expect(second.headers.get('lockstep-replayed')).toBe('true');
    expect(first.headers.get('lockstep-service')).toBe('3');
  });

  it('journal their sections, executions, payouts and answers', async () => {
    await start();
    await ask('POST', '/streams', ACTIVE);
    const { json } = await ask('POST', `/streams/${ACTIVE.id}/settle`, {}, { 'idempotency-key': 'k1' });
    await ask('POST', `/streams/${ACTIVE.id}/start`, {});
    const entries = journaled();
    expect(entries.map((entry) => entry.type)).toEqual(
      'wait enter read execute leave settle payout answer wait enter read leave settle answer'.split(' '),
    );
    expect(entries[3]).toMatchObject({
      section: 1,
      stream: ACTIVE.id,
      f: 'settle',
      token: 'settle:k1',
      operationId: json.operationId,
      revision: 1,
    });
    expect(entries[4]).toMatchObject({ wrote: true });
    expect(entries[6]).toMatchObject({ operationId: json.operationId, amount: '1000' });
    expect(entries[7]).toMatchObject({ section: 1, status: 200 });
    expect(entries[8]).toMatchObject({ section: 2 });
    expect(entries[11]).toMatchObject({ wrote: false });
    expect(entries[13]).toMatchObject({ section: 2, status: 409 });
    const times = entries.map((entry) => entry.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const sent = await adapter.streamRepository?.activity?.list({ limit: 10, type: 'payout.sent' });
    expect(sent?.items.map((event) => event.id)).toEqual([`payout.sent:${json.operationId}`]);
  });

  it('are refused by the state machine with the stream that was seen', async () => {
    await start();
    await ask('POST', '/streams', ACTIVE);
    const { status, json } = await ask('POST', `/streams/${ACTIVE.id}/withdraw`, {});
    expect(status).toBe(409);
    expect(json).toMatchObject({ stream: { revision: 0 }, error: { code: 'INVALID_STATE' } });
  });

  it('need an amount in the balance workload, and refuse it in the other', async () => {
    await start('balance');
    const stream = seededStream(1, 'balance', 'active');
    await ask('POST', '/streams', stream);
    const path = `/streams/${stream.id}/settle`;
    for (const body of [{}, { amount: 5 }, { amount: '0' }, { amount: '1.5' }, { amount: '-1' }])
      expect(await ask('POST', path, body)).toMatchObject({
        status: 400,
        json: { error: { code: 'INVALID_RECORD' } },
      });
    expect((await ask('POST', path, { amount: '5' })).status).toBe(200);
    expect((await ask('POST', path, { amount: '5', amont: '6' })).json.error.code).toBe('INVALID_BODY');
    expect((await ask('POST', `/streams/${stream.id}/pause`, { amount: '5' })).status).toBe(400);
  });

  it('refuse another request under a key, and malformed keys', async () => {
    await start('balance');
    const stream = seededStream(1, 'balance', 'active');
    await ask('POST', '/streams', stream);
    const path = `/streams/${stream.id}/settle`;
    await ask('POST', path, { amount: '5' }, { 'idempotency-key': 'k' });
    const other = await ask('POST', path, { amount: '6' }, { 'idempotency-key': 'k' });
    expect([other.status, other.json.error.code]).toEqual([409, 'CONFLICT']);
    for (const key of ['', 'a b', 'x'.repeat(256)])
      expect((await ask('POST', path, { amount: '5' }, { 'idempotency-key': key })).json.error.code).toBe(
        'INVALID_TOKEN',
      );
    const twice = new Headers([
      ['idempotency-key', 'a'],
      ['idempotency-key', 'b'],
    ]);
    expect((await ask('POST', path, { amount: '5' }, twice)).json.error.code).toBe('INVALID_TOKEN');
  });

  it('answer the effect although its payout could not be recorded', async () => {
    const opened = openMapAdapter('payout');
    const activity = opened.streamRepository?.activity;
    if (activity === undefined) throw new Error('The map adapter has activity.');
    const append = activity.append.bind(activity);
    activity.append = (event) => {
      if (event.type === 'payout.sent') throw new Error('storage is gone');
      return append(event);
    };
    await start('lifecycle', opened);
    await ask('POST', '/streams', ACTIVE);
    expect((await ask('POST', `/streams/${ACTIVE.id}/settle`, {})).status).toBe(200);
  });
});

describe('streams, activity and exports', () => {
  it('are created, read and listed by cursor', async () => {
    await start();
    for (let number = 0; number < 5; number += 1)
      await ask(
        'POST',
        '/streams',
        seededStream(number, 'lifecycle', number % 2 === 0 ? 'active' : 'paused'),
      );
    expect((await ask('POST', '/streams', ACTIVE)).json.error.code).toBe('ALREADY_EXISTS');
    expect((await ask('POST', '/streams', { id: 'x' })).json.error.code).toBe('INVALID_RECORD');
    expect((await ask('GET', `/streams/${ACTIVE.id}`)).json).toEqual(ACTIVE);
    const first = (await ask('GET', '/streams?status=active&limit=2')).json;
    const path = `/streams?status=active&limit=2&cursor=${encodeURIComponent(first.nextCursor)}`;
    const second = (await ask('GET', path)).json;
    const ids = [...first.items, ...second.items].map(({ id }: { id: string }) => id);
    expect(ids).toEqual(['stream-000000', 'stream-000002', 'stream-000004']);
    expect(second.nextCursor).toBeUndefined();
    await ask('POST', `/streams/${ACTIVE.id}/pause`, {});
    const events = (await ask('GET', `/activity?streamId=${ACTIVE.id}&type=stream.paused`)).json;
    expect(events.items).toHaveLength(1);
  });

  it('hand out an export with its audit', async () => {
    await start();
    const { status, json } = await ask('POST', '/exports', { ownerId: 'o', fileName: 'f.csv' });
    expect([status, json.status]).toEqual([202, 'pending']);
    expect((await ask('GET', `/exports/${json.id}`)).json).toEqual(json);
    expect((await ask('GET', '/exports?ownerId=o')).json.items).toEqual([json]);
    expect((await ask('GET', '/exports?ownerId=other')).json.items).toEqual([]);
    const ready = { signedUrl: 'https://x', signedUrlExpiresAt: '2999-01-01T00:00:00.000Z', rows: 3 };
    await adapter.exportRepository?.jobs.transition(json.id, ['pending'], 'ready', ready);
    expect((await ask('GET', `/exports/${json.id}`)).json.signedUrl).toBe('https://x');
    const audit = await adapter.exportRepository?.audit.list({ exportId: json.id, limit: 10 });
    expect(audit?.items.map((record) => record.type)).toEqual(['export.requested', 'export.downloaded']);
    const gone = { signedUrlExpiresAt: '2001-01-01T00:00:00.000Z' };
    await adapter.exportRepository?.jobs.transition(json.id, ['ready'], 'ready', gone);
    expect((await ask('GET', `/exports/${json.id}`)).json.signedUrl).toBeUndefined();
  });
});

describe('bad input', () => {
  it.each([
    ['GET', '/', 404, 'UNKNOWN_ROUTE'],
    ['GET', '/nothing', 404, 'UNKNOWN_ROUTE'],
    ['GET', '/healthz/x', 404, 'UNKNOWN_ROUTE'],
    ['POST', '/streams/a/fly', 404, 'UNKNOWN_ROUTE'],
    ['POST', '/streams/a/settle/b', 404, 'UNKNOWN_ROUTE'],
    ['GET', '/streams/a%FFb', 400, 'INVALID_PATH'],
    ['GET', '/streams/unknown', 404, 'NOT_FOUND'],
    ['POST', '/streams/unknown/settle', 404, 'NOT_FOUND'],
    ['GET', '/exports/unknown', 404, 'NOT_FOUND'],
    ['PUT', '/streams', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/streams/a/settle', 405, 'METHOD_NOT_ALLOWED'],
    ['DELETE', '/healthz', 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/streams?limit=x', 400, 'INVALID_PARAMETER'],
    ['GET', '/streams?limit=-1', 400, 'INVALID_PARAMETER'],
    ['GET', '/streams?limit=1&limit=2', 400, 'INVALID_PARAMETER'],
    ['GET', '/streams?limit=0', 400, 'INVALID_RECORD'],
    ['GET', '/streams?limit=1001', 400, 'INVALID_RECORD'],
    ['GET', '/streams?status=odd', 400, 'INVALID_PARAMETER'],
    ['GET', '/streams?cursor=%25%25', 400, 'INVALID_CURSOR'],
    ['GET', '/activity?cursor=abc', 400, 'INVALID_CURSOR'],
    ['GET', '/exports', 400, 'INVALID_PARAMETER'],
    ['POST', '/exports/work', 400, 'INVALID_BODY'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    await start();
    const answered = await ask(method, path);
    expect([answered.status, answered.json.error.code]).toEqual([status, code]);
  });

  it.each([
    ['{', 'INVALID_JSON'],
    ['[]', 'INVALID_JSON'],
    ['null', 'INVALID_JSON'],
    ['{"x":1}', 'INVALID_BODY'],
  ])('a body of %s is 400 %s', async (body, code) => {
    await start();
    const answered = await ask('POST', '/streams/a/start', body);
    expect([answered.status, answered.json.error.code]).toEqual([400, code]);
  });

  it('a body that is no UTF-8 is 400', async () => {
    await start();
    const response = await fetch(`http://127.0.0.1:${server.port}/streams`, {
      method: 'POST',
      headers: AUTHORIZED,
      body: new Uint8Array([0x22, 0xff, 0x22]),
    });
    expect(response.status).toBe(400);
    await response.text();
  });

  it('a body over the bound is 413 and ends its connection', async () => {
    await start();
    const answered = await ask('POST', '/streams', 'x'.repeat(MAX_BODY_BYTES + 1));
    expect([answered.status, answered.json.error.code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect((await ask('GET', '/healthz')).status).toBe(200);
    const exact = await ask('POST', '/streams', `{"id":"${'x'.repeat(MAX_BODY_BYTES - 9)}"}`);
    expect(exact.status).toBe(400);
  });

  it('what is no HTTP gets 400 and no more', async () => {
    await start();
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(server.port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer.startsWith('HTTP/1.1 400 ')).toBe(true);
  });

  it('a missing surface is 501', async () => {
    await start('lifecycle', { ...openMapAdapter('bare'), exportRepository: undefined } as never);
    expect((await ask('GET', '/exports/x')).json.error.code).toBe('UNSUPPORTED');
  });

  it('an error of the adapter is 500', async () => {
    const opened = openMapAdapter('broken');
    const streams = opened.streamRepository?.streams;
    if (streams === undefined) throw new Error('The map adapter has streams.');
    streams.get = () => {
      throw new TypeError('broken');
    };
    await start('lifecycle', opened);
    for (const [method, path] of [
      ['GET', '/streams/a'],
      ['POST', '/streams/a/settle'],
    ] as const) {
      const answered = await ask(method, path);
      expect([answered.status, answered.json.error.code]).toEqual([500, 'INTERNAL']);
    }
  });
});

describe('who does not belong to the run', () => {
  it.each(['', 'Bearer ', 'Bearer secreT', 'Bearer secret2', 'Basic secret', 'bearer secret'])(
    'is refused with %j, and changes and journals nothing',
    async (authorization) => {
      await start();
      await ask('POST', '/streams', ACTIVE);
      for (const [method, path] of [
        ['POST', `/streams/${ACTIVE.id}/settle`],
        ['POST', '/streams'],
        ['GET', '/healthz'],
        ['GET', '/nowhere'],
      ] as const) {
        const refused = await ask(method, path, method === 'POST' ? {} : undefined, { authorization });
        expect([refused.status, refused.json.error.code]).toEqual([401, 'UNAUTHORIZED']);
        expect(refused.headers.get('lockstep-service')).toBeNull();
      }
      expect(journaled()).toEqual([]);
      expect((await ask('GET', `/streams/${ACTIVE.id}`)).json).toMatchObject({
        status: 'active',
        revision: 0,
      });
    },
  );
});

describe('closing', () => {
  it('answers what is under way and takes nothing new', async () => {
    let release = (): void => {};
    const opened = openMapAdapter('closing');
    await start('lifecycle', opened);
    await ask('POST', '/streams', ACTIVE);
    const held = opened.streamRepository?.withLock?.(
      ACTIVE.id,
      () => new Promise<void>((resolve) => (release = resolve)),
    );
    const underWay = ask('POST', `/streams/${ACTIVE.id}/settle`, {});
    await vi.waitFor(() => expect(journaled()).toHaveLength(1));
    const closed = server.close();
    release();
    await held;
    expect((await underWay).status).toBe(200);
    await closed;
    await expect(ask('GET', '/healthz')).rejects.toThrow();
    await server.close();
  });
});
