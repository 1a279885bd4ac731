/** A TCP proxy in front of PostgreSQL that loses the answer to a statement. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly url: string;
  /** From now on the first text that contains `statement` is passed on, and its connection is cut. */
  cutAfter(statement: string): void;
  /** From now on the server gets no byte of any client any more, and no connection is cut. */
  swallow(): void;
  close(): Promise<void>;
}

export async function startProxy(url: string): Promise<Proxy> {
  const target = new URL(url);
  const port = Number(target.port);
  const { hostname } = target;
  const sockets = new Set<Socket>();
  let awaited: string | undefined;
  let isSwallowing = false;
  const server = createServer((client) => {
    const upstream = connect(port, hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    let isCut = false;
    client.on('data', (data) => {
      if (isSwallowing) return;
      isCut ||= awaited !== undefined && data.includes(awaited);
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!isCut) client.write(data);
      // The answer has come, so the statement has been carried out; the client never learns of it.
      else client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  target.port = String((server.address() as AddressInfo).port);
  return {
    url: target.href,
    cutAfter: (statement) => {
      awaited = statement;
    },
    swallow: () => {
      isSwallowing = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
