/**
 * One connection of a driver: autocannon's HTTP client, told what to send and when.
 *
 * By itself that client sends on without end, after a time-out or a reset too, and then takes the answer to one
 * request for the answer to another. So its two internal steps are taken over: it sends only what `send` was
 * given, and a connection that is lost is not opened again but reported. autocannon's public interface cannot wait
 * between an answer and the next request; docs/measuring.md says what was tried, and what it measured.
 */
import Client from 'autocannon/lib/httpClient.js';
import type { RunClock } from '../service/journal.ts';
import { authorizationOf } from '../service/token.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export type Exchange =
  | {
      readonly kind: 'answer';
      readonly call: number;
      readonly return: number;
      readonly status: number;
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  /** No complete answer: the request timed out or the connection was reset. `refused`: nobody listens at that port. */
  | { readonly kind: 'lost'; readonly call: number; readonly refused: boolean };

export interface ConnectionOptions {
  readonly port: number;
  /** The secret that the service requires. */
  readonly token: string;
  readonly timeoutMs: number;
  readonly now: RunClock;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #authorization: string;
  #client: Client | undefined;
  #pending: { readonly call: number; resolve(exchange: Exchange): void } | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#authorization = authorizationOf(options.token);
  }

  /** Sends one request and waits for its answer. One request at a time. Never rejects. Connects if necessary. */
  send(request: HttpRequest): Promise<Exchange> {
    if (this.#pending !== undefined) throw new Error('A connection carries one request at a time.');
    const client = (this.#client ??= this.#open());
    return new Promise((resolve) => {
      client.setRequests([
        {
          ...request,
          headers: { ...request.headers, authorization: this.#authorization },
          onResponse: (status, body, _context, headers) => {
            const answered = this.#options.now();
            this.#pending = undefined;
            // The server is about to close this connection, so a request on it would be lost.
            if ((headers['connection'] ?? headers['Connection']) === 'close') this.#lose();
            resolve({ kind: 'answer', call, return: answered, status, body, headers });
          },
        },
      ]);
      const call = this.#options.now();
      this.#pending = { call, resolve };
      Client.prototype._doRequest.call(client);
    });
  }

  /** Gives up the current request. Idempotent. A later `send` connects again. */
  close(): void {
    this.#lose();
  }

  #open(): Client {
    const { port, timeoutMs } = this.#options;
    let opened = false;
    let refused = false;
    return new Client({
      hostname: '127.0.0.1',
      port,
      timeout: timeoutMs / 1000,
      setupClient: (client) => {
        client._doRequest = () => {};
        client.on('connError', (error: NodeJS.ErrnoException) => {
          refused = error.code === 'ECONNREFUSED';
        });
        client._connect = () => {
          // The second time, it means that the request timed out, or that the connection was reset or closed by the
          // server.
          if (opened) return this.#lose(refused);
          opened = true;
          Client.prototype._connect.call(client);
        };
      },
    });
  }

  #lose(refused = false): void {
    const pending = this.#pending;
    this.#pending = undefined;
    this.#client?.destroy();
    this.#client = undefined;
    if (pending !== undefined) pending.resolve({ kind: 'lost', call: pending.call, refused });
  }
}
