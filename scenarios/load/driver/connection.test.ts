import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Client from 'autocannon/lib/httpClient.js';
import { afterEach, describe, expect, it } from 'vitest';
import { Connection } from './connection.ts';
import { runClock } from '../service/journal.ts';
import { getRequest } from './requests.ts';

const now = runClock(process.hrtime.bigint());
let server: Server | undefined;
let connection: Connection | undefined;

async function serve(
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  timeoutMs = 5000,
): Promise<Connection> {
  server = createServer(handler);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  connection = new Connection({ port, token: 'secret', timeoutMs, now });
  return connection;
}

afterEach(async () => {
  connection?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

describe('a connection', () => {
  it('sends what it is given, and nothing else', async () => {
    const seen: string[] = [];
    const asking = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { authorization, 'idempotency-key': key } = request.headers;
        seen.push(`${authorization} ${request.method} ${request.url} ${String(key)} ${body}`);
        response.setHeader('x-answer', seen.length);
        response.end(`answer ${seen.length}`);
      });
    });
    const before = now();
    const first = await asking.send({
      method: 'POST',
      path: '/a?b=c',
      headers: { 'idempotency-key': 'k' },
      body: '{"é":1}',
    });
    const second = await asking.send(getRequest('/b'));
    expect(first).toMatchObject({
      kind: 'answer',
      status: 200,
      body: 'answer 1',
      headers: { 'x-answer': '1' },
    });
    expect(second).toMatchObject({ kind: 'answer', body: 'answer 2' });
    expect(seen).toEqual(['Bearer secret POST /a?b=c k {"é":1}', 'Bearer secret GET /b undefined ']);
    if (first.kind !== 'answer' || second.kind !== 'answer') throw new Error('unreachable');
    expect(first.call).toBeGreaterThanOrEqual(before);
    expect(first.return).toBeGreaterThan(first.call);
    expect(second.call).toBeGreaterThanOrEqual(first.return);
  });

  it('loses a request that is not answered in time, and does not take a later answer for its own', async () => {
    let requests = 0;
    const asking = await serve((_request, response) => {
      requests += 1;
      if (requests > 1) response.end('second');
    }, 100);
    expect(await asking.send(getRequest('/a'))).toMatchObject({ kind: 'lost', refused: false });
    expect(await asking.send(getRequest('/b'))).toMatchObject({ kind: 'answer', body: 'second' });
    expect(requests).toBe(2);
  });

  it('loses a request whose connection is reset, whether half answered or not at all', async () => {
    let requests = 0;
    const asking = await serve((request, response) => {
      requests += 1;
      if (requests === 1) {
        request.socket.destroy();
      } else if (requests === 2) {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half');
        setImmediate(() => request.socket.destroy());
      } else {
        response.end('whole');
      }
    });
    expect((await asking.send(getRequest('/a'))).kind).toBe('lost');
    expect((await asking.send(getRequest('/b'))).kind).toBe('lost');
    expect(await asking.send(getRequest('/c'))).toMatchObject({ kind: 'answer', body: 'whole' });
    expect(requests).toBe(3);
  });

  it('connects anew after an answer that ends the connection', async () => {
    const asking = await serve((request, response) => {
      response.setHeader('connection', 'close');
      response.end(request.url);
    });
    for (const path of ['/a', '/b', '/c'])
      expect(await asking.send(getRequest(path))).toMatchObject({ kind: 'answer', body: path });
  });

  it('tells when nobody listens', async () => {
    const asking = await serve(() => {});
    await new Promise((resolve) => server?.close(resolve));
    expect(await asking.send(getRequest('/a'))).toMatchObject({ kind: 'lost', refused: true });
  });

  it('gives up what is under way when it is closed', async () => {
    const asking = await serve(() => asking.close());
    expect((await asking.send(getRequest('/a'))).kind).toBe('lost');
  });

  it('carries one request at a time', async () => {
    const asking = await serve((_request, response) => response.end());
    const first = asking.send(getRequest('/a'));
    expect(() => asking.send(getRequest('/b'))).toThrow();
    await first;
  });
});

describe('the parts of autocannon that are not public', () => {
  it('are there in the version that is installed, and no other version is asked for', () => {
    const versionIn = (path: string): { version?: string; dependencies?: Record<string, string> } =>
      JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as object;
    const { version } = versionIn('../../../node_modules/autocannon/package.json');
    expect(
      versionIn('../../../package.json').dependencies?.['autocannon'],
      'package.json must ask for the very version whose parts are taken over, without ^ or ~',
    ).toBe(version);
    const parts = new Map(Object.entries(Client.prototype));
    const missing = ['_connect', '_doRequest', 'setRequests', 'destroy'].filter(
      (name) => typeof parts.get(name) !== 'function',
    );
    expect(
      missing,
      `autocannon ${version}: lib/httpClient.js has changed, and scenarios/load/driver/connection.ts must follow`,
    ).toEqual([]);
  });
});
