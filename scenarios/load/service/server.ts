/** A small HTTP server on a loopback port. When it is closed, it first answers the requests in progress. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, CLOSE, errorBody } from './http.ts';
import { admission } from './token.ts';

/** How long requests in progress may take at the end, in milliseconds. */
const DRAIN_MS = 5000;
const REFUSED = errorBody('UNAUTHORIZED', 'This service belongs to a run of lockstep.');
/** A request that takes longer than this to arrive is cut off, in milliseconds. */
const REQUEST_MS = 30_000;

export interface RunningServer {
  readonly port: number;
  /** Resolves when no request is in progress, including requests whose client has gone. */
  idle(): Promise<void>;
  /** Refuses new requests, waits (within a bound) for those in progress, and frees the port. Idempotent. */
  close(): Promise<void>;
}

/** Refuses every request without `token`, and keeps no trace of it. `wantedPort` 0: any free port. */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  token: string,
  wantedPort: number = 0,
): Promise<RunningServer> {
  let closing: Promise<void> | undefined;
  const underWay = new Set<Promise<void>>();
  const isAdmitted = admission(token);
  const server = createServer((request, response) => {
    if (!isAdmitted(request.headers.authorization)) {
      answer(response, 401, REFUSED, CLOSE);
      return;
    }
    if (closing !== undefined) {
      answer(response, 503, errorBody('UNAVAILABLE', 'The service is closing.'), CLOSE);
      return;
    }
    const handling = handler(request, response).finally(() => underWay.delete(handling));
    underWay.add(handling);
  });
  server.requestTimeout = REQUEST_MS;
  // If the server closed an idle connection just as its client sends, the outcome of that request would be unknown.
  server.keepAliveTimeout = 0;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, '127.0.0.1', resolve);
  });
  const port = (server.address() as AddressInfo).port;
  const idle = async (): Promise<void> => {
    while (underWay.size > 0) await Promise.all(underWay);
  };
  return { port, idle, close: () => (closing ??= drain(server)) };
}

function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
