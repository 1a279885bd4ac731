import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { countsOf } from './index.ts';
import { CountingProxy } from './proxy.ts';
import { minus, NO_TRAFFIC, TrafficCounter, type Traffic } from './traffic.ts';

function message(type: string, body = ''): Buffer {
  const bytes = Buffer.from(body, 'latin1');
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(4 + bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function start(code: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(8);
  bytes.writeUInt32BE(code, 4);
  return bytes;
}

const START = start(196_608);
const TLS = start(80_877_103);
const [QUERY, BIND, EXECUTE, SYNC] = ['Q', 'B', 'E', 'S'].map((type) => message(type, 'x\0')) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];
const DONE = message('C', 'SELECT 1\0');
const READY = message('Z', 'I');
const NOTICE = message('N');

/** Of a connection that is ready: what passes, by who sends it, whole or byte by byte. */
function countedIn(passed: readonly (readonly ['client' | 'server', ...Buffer[]])[]): Traffic {
  const counts = [false, true].map((cut) => {
    const counter = new TrafficCounter();
    const pass = (from: 'client' | 'server', bytes: Buffer): void => {
      const chunks = cut ? [...bytes].map((byte) => Buffer.from([byte])) : [bytes];
      for (const chunk of chunks) {
        if (from === 'client') counter.request(chunk);
        else counter.answer(chunk);
      }
    };
    pass('client', START);
    pass('server', READY);
    const before = counter.traffic;
    for (const [from, ...messages] of passed) pass(from, Buffer.concat(messages));
    return minus(counter.traffic, before);
  });
  expect(counts[1]).toEqual(counts[0]);
  return counts[0] as Traffic;
}

describe('the traffic of a connection', () => {
  it('is one flight for all that is sent without waiting', () => {
    const sent = [BIND, EXECUTE, BIND, EXECUTE, SYNC] as const;
    const answered = [DONE, DONE, READY] as const;
    expect(
      countedIn([
        ['client', ...sent],
        ['server', ...answered],
      ]),
    ).toEqual({
      flights: 1,
      statements: 2,
      bytesOut: Buffer.concat(sent).length,
      bytesIn: Buffer.concat(answered).length,
    });
  });

  it('is a flight for each time that the client has waited', () => {
    const turn = [
      ['client', QUERY],
      ['server', DONE, READY],
    ] as const;
    expect(countedIn([...turn, ...turn, ...turn])).toMatchObject({ flights: 3, statements: 3 });
  });

  it('does not take a notice for an answer, nor a goodbye for a request', () => {
    const counted = countedIn([
      ['client', QUERY],
      ['server', NOTICE],
      ['client', QUERY],
      ['server', DONE, READY, DONE, READY],
      ['client', message('X')],
    ]);
    expect(counted).toMatchObject({ flights: 1, statements: 2 });
  });

  it('counts statements that failed, and those of one query', () => {
    const counted = countedIn([
      ['client', QUERY],
      ['server', DONE, DONE, message('E', 'error'), READY],
    ]);
    expect(counted.statements).toBe(3);
  });

  it('is read when encryption was refused, and not when it was agreed', () => {
    const open = new TrafficCounter();
    open.request(TLS);
    open.answer(Buffer.from('N'));
    open.request(START);
    open.answer(READY);
    open.request(QUERY);
    expect([open.isEncrypted, open.traffic.flights]).toEqual([false, 3]);
    const encrypted = new TrafficCounter();
    encrypted.request(TLS);
    encrypted.answer(Buffer.from('S'));
    expect(encrypted.isEncrypted).toBe(true);
  });
});

describe('the counts of a kind', () => {
  const traffic = (flights: number, bytesOut: number): Traffic => ({ ...NO_TRAFFIC, flights, bytesOut });

  it('are those of most requests, and say whether that was all of them', () => {
    const alike = [traffic(2, 10), traffic(2, 30), traffic(2, 20)];
    expect(countsOf('get', alike)).toMatchObject({ flights: 2, bytesOut: 20, requests: 3, isSteady: true });
    expect(countsOf('get', [traffic(3, 99), ...alike])).toMatchObject({
      flights: 2,
      bytesOut: 20,
      isSteady: false,
    });
  });
});

describe('the proxy that counts', () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  /** Answers each query as PostgreSQL does, at once. */
  async function answering(): Promise<{ readonly host: string; readonly port: number }> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        for (let at = chunk.indexOf(QUERY); at !== -1; at = chunk.indexOf(QUERY, at + 1))
          socket.write(Buffer.concat([DONE, READY]));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    open.push(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  it('passes everything on, and sees what is sent without waiting as one flight', async () => {
    const proxy = await CountingProxy.start(await answering());
    open.push(() => proxy.close());
    const client = connect(proxy.address.port, proxy.address.host);
    client.on('error', () => {});
    const expected = 2 * (DONE.length + READY.length);
    let answered = 0;
    const all = new Promise<void>((resolve) => {
      client.on('data', (chunk) => {
        answered += chunk.length;
        if (answered >= expected) resolve();
      });
    });
    await once(client, 'connect');
    client.write(START);
    // Two writes: neither waits for the answer to the other.
    client.write(QUERY);
    setImmediate(() => client.write(QUERY));
    await all;
    await proxy.quiet();
    expect(proxy.traffic).toMatchObject({ statements: 2, bytesOut: START.length + 2 * QUERY.length });
    expect(answered).toBe(expected);
    expect(proxy.traffic.bytesIn).toBe(answered);
    expect(proxy.traffic.flights).toBe(1);
    client.destroy();
  });
});
