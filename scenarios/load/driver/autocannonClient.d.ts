/**
 * The HTTP client of autocannon, as far as connection.ts uses it. autocannon's own types only describe its main
 * function.
 */
declare module 'autocannon/lib/httpClient.js' {
  import type { EventEmitter } from 'node:events';

  interface ClientOptions {
    readonly hostname: string;
    readonly port: number;
    /** In seconds. */
    readonly timeout: number;
    readonly setupClient: (client: Client) => void;
  }

  interface ClientRequest {
    readonly method: string;
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly onResponse: (
      status: number,
      body: string,
      context: object,
      headers: Record<string, string>,
    ) => void;
  }

  export default class Client extends EventEmitter {
    constructor(options: ClientOptions);
    setRequests(requests: readonly ClientRequest[]): void;
    destroy(): void;
    _connect(): void;
    _doRequest(): void;
  }
}
