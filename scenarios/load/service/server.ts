/** A small HTTP server on a loopback port that drains when it is closed. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, CLOSE, errorBody } from './http.ts';
import { admission } from './token.ts';

/** How long answers under way may take at the end, in milliseconds. */
const DRAIN_MS = 5000;
const REFUSED = errorBody('UNAUTHORIZED', 'This service belongs to a run of lockstep.');
/** A request that dribbles in for longer, in milliseconds, is cut off. */
const REQUEST_MS = 30_000;

export interface RunningServer {
  readonly port: number;
  /** Resolves when no request is under way, also none whose client has gone. */
  idle(): Promise<void>;
  /** Takes no new request, lets those under way end (bounded), and frees the port. Idempotent. */
  close(): Promise<void>;
}

/**
 * Whatever comes without `token` is refused, and leaves no trace. `wantedPort` 0: any that is free.
 */
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
  // An idle connection that the server closes just as its client sends would make that request unknown.
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
