/** Counts what passes on one connection to PostgreSQL, both ways. */
import { MessageReader } from '../faults/proxy/postgresqlMessages.ts';

export interface Traffic {
  /** Round trips: how often the client sent something after an answer and then had to wait again. */
  readonly flights: number;
  /** Statements that the server ran, including BEGIN and COMMIT. */
  readonly statements: number;
  /** From the client to the server, and back. */
  readonly bytesOut: number;
  readonly bytesIn: number;
}

export const NO_TRAFFIC: Traffic = { flights: 0, statements: 0, bytesOut: 0, bytesIn: 0 };

/** What the server says without being asked: notices, notifications, settings. */
const UNASKED: readonly string[] = ['N', 'A', 'S'];
/** The messages that end a statement: done, empty, suspended, failed. */
const ENDS: readonly string[] = ['C', 'I', 's', 'E'];
/** The client ends the connection and waits for no answer. */
const TERMINATE = 'X';
/** Request codes that replace the version in a start-up message: one for TLS, one for GSSAPI. */
const ENCRYPTIONS: readonly number[] = [80_877_103, 80_877_104];

export class TrafficCounter {
  readonly #client = new MessageReader();
  readonly #server = new MessageReader();
  #isAnswered = true;
  #isEncrypted = false;
  #flights = 0;
  #statements = 0;
  #bytesOut = 0;
  #bytesIn = 0;

  constructor() {
    this.#client.expectStart((code) => {
      this.#sent();
      if (ENCRYPTIONS.includes(code)) this.#server.expectByte((byte) => this.#agreed(byte));
      else this.#client.expectTypes();
    });
    this.#server.expectTypes();
  }

  /** Whether the traffic cannot be read, because it is encrypted. */
  get isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  get traffic(): Traffic {
    return {
      flights: this.#flights,
      statements: this.#statements,
      bytesOut: this.#bytesOut,
      bytesIn: this.#bytesIn,
    };
  }

  /** Reads what the client sends, as it arrives. */
  request(chunk: Buffer): void {
    this.#bytesOut += chunk.length;
    for (const { type } of this.#client.read(chunk)) if (type !== TERMINATE) this.#sent();
  }

  /** Reads what the server answers, as it is passed on. */
  answer(chunk: Buffer): void {
    this.#bytesIn += chunk.length;
    for (const { type } of this.#server.read(chunk)) {
      if (!UNASKED.includes(type)) this.#isAnswered = true;
      if (ENDS.includes(type)) this.#statements += 1;
    }
  }

  #sent(): void {
    if (this.#isAnswered) this.#flights += 1;
    this.#isAnswered = false;
  }

  #agreed(byte: string): void {
    this.#isAnswered = true;
    if (byte === 'N') {
      // The connection continues unencrypted.
      this.#client.expectStart(() => {
        this.#sent();
        this.#client.expectTypes();
      });
      return;
    }
    this.#isEncrypted = true;
    this.#client.stop();
    this.#server.stop();
  }
}

export function plus(a: Traffic, b: Traffic): Traffic {
  return combine(a, b, (one, other) => one + other);
}

export function minus(a: Traffic, b: Traffic): Traffic {
  return combine(a, b, (one, other) => one - other);
}

function combine(a: Traffic, b: Traffic, of: (one: number, other: number) => number): Traffic {
  return {
    flights: of(a.flights, b.flights),
    statements: of(a.statements, b.statements),
    bytesOut: of(a.bytesOut, b.bytesOut),
    bytesIn: of(a.bytesIn, b.bytesIn),
  };
}
