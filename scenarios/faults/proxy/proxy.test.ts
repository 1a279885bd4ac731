import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageProxy } from './proxy.ts';

/** Answers what it is told with the same, and notes it. */
let storage: Server;
let heard: string[];
let proxy: StorageProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  heard = [];
  storage = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard.push(chunk.toString());
      socket.write(chunk);
    });
  });
  storage.listen(0, '127.0.0.1');
  await once(storage, 'listening');
  const { port } = storage.address() as AddressInfo;
  proxy = await StorageProxy.start({ host: '127.0.0.1', port }, { commit: 'COMMIT' });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  storage.close();
});

async function client(): Promise<Socket> {
  const socket = connect(proxy.address.port, proxy.address.host);
  socket.on('error', () => undefined);
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** A reset is an error first, which `once` would reject with. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

describe('a proxy in front of the storage', () => {
  it('passes everything on, in both directions', async () => {
    expect(await ask(await client(), 'hello')).toBe('hello');
    expect(proxy.affected).toBe(0);
  });

  it('breaks every connection, and takes new ones', async () => {
    const [one, other] = [await client(), await client()];
    await Promise.all([ask(one, 'a'), ask(other, 'b')]);
    const bothClosed = Promise.all([closed(one), closed(other)]);
    expect(proxy.cut()).toBe(2);
    await bothClosed;
    expect(await ask(await client(), 'c')).toBe('c');
  });

  it('lets nothing pass until it is healed, and then everything in its order', async () => {
    const socket = await client();
    await ask(socket, 'before');
    proxy.swallow();
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
    socket.write('one ');
    await sleep(20);
    socket.write('two');
    const late = await client();
    late.write('three');
    await sleep(50);
    expect(heard).toEqual(['before']);
    expect(answers).toBe('');
    expect(proxy.affected).toBeGreaterThan(0);
    proxy.heal();
    await once(late, 'data');
    await expect.poll(() => answers).toBe('one two');
  });

  it('breaks a connection before its commit arrives, and passes on what came before it', async () => {
    const [one, other] = [await client(), await client()];
    await Promise.all([ask(one, 'a'), ask(other, 'b')]);
    const commit = proxy.holdCommit('commit');
    one.write('write COMMIT');
    await commit.reached;
    await expect.poll(() => heard).toContain('write ');
    const broken = closed(one);
    commit.cut();
    await broken;
    expect(heard.join('')).not.toContain('COMMIT');
    expect(await ask(other, 'c')).toBe('c');
  });

  it('breaks a connection when its commit is done, before the answer arrives', async () => {
    const socket = await client();
    await ask(socket, 'a');
    const commit = proxy.holdCommit('commit-answer');
    let answered = false;
    socket.once('data', () => (answered = true));
    socket.write('COMMIT');
    await commit.reached;
    const broken = closed(socket);
    commit.cut();
    await broken;
    expect(heard).toContain('COMMIT');
    expect(answered).toBe(false);
  });

  it('holds one commit, in whatever parts it comes, until it is let go', async () => {
    const [one, other] = [await client(), await client()];
    await Promise.all([ask(one, 'a'), ask(other, 'b')]);
    const commit = proxy.holdCommit('commit');
    one.write('COM');
    await expect.poll(() => heard).toContain('COM');
    one.write('MIT');
    await commit.reached;
    expect(await ask(other, 'COMMIT')).toBe('COMMIT');
    expect(heard).not.toContain('MIT');
    commit.letGo();
    await expect.poll(() => heard).toContain('MIT');
  });

  it('lets a commit pass that comes after it was given up', async () => {
    const socket = await client();
    proxy.holdCommit('commit').letGo();
    expect(await ask(socket, 'COMMIT')).toBe('COMMIT');
  });

  it('holds the answer to what is asked next, and lets all others pass', async () => {
    const [one, other] = [await client(), await client()];
    await Promise.all([ask(one, 'a'), ask(other, 'b')]);
    const late = proxy.holdAnswer(0);
    let answer = '';
    one.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    one.write('slow');
    await late.reached;
    expect(await ask(other, 'fast')).toBe('fast');
    expect(answer).toBe('');
    late.letGo();
    await expect.poll(() => answer).toBe('slow');
    expect(await ask(one, 'again')).toBe('again');
  });

  it('holds no answer that was let go before it was asked for', async () => {
    const socket = await client();
    proxy.holdAnswer(0).letGo();
    expect(await ask(socket, 'a')).toBe('a');
  });

  it('holds a commit that was let go into silence', async () => {
    const socket = await client();
    await ask(socket, 'a');
    const commit = proxy.holdCommit('commit');
    socket.write('COMMIT');
    await commit.reached;
    proxy.swallow();
    commit.letGo();
    await sleep(20);
    expect(heard).not.toContain('COMMIT');
    proxy.heal();
    await expect.poll(() => heard).toContain('COMMIT');
  });
});
