/**
 * Clients that request effects on the stream of a struck holder, through every other service. The load itself has moved
 * on to other streams by then, and a holder that nobody has superseded can do no harm.
 */
import { join } from 'node:path';
import type { Workload } from '../../../adapters/protocol/types.ts';
import { Connection } from '../../load/driver/connection.ts';
import type { DrivenService } from '../../load/run/control.ts';
import type { OnUnwritten } from '../../evidence/evidenceStream.ts';
import type { RunClock } from '../../load/service/journal.ts';
import { clientOf } from '../../load/driver/sender.ts';
import { answerOf, openRecorder, type HistoryRecorder } from '../../load/driver/recorder.ts';
import { prepareEffect } from '../../load/driver/requests.ts';

export interface ChallengersOptions {
  /** The folder of the evidence. */
  readonly out: string;
  /** The number of drivers. The numbers of these clients follow those of the drivers' clients. */
  readonly drivers: number;
  readonly workload: Workload;
  readonly services: readonly DrivenService[];
  readonly timeoutMs: number;
  readonly now: RunClock;
  readonly onUnwritten: OnUnwritten;
}

/** How many effects each challenger requests, one after another. */
const EFFECTS = 2;

export class Challengers {
  readonly #options: ChallengersOptions;
  readonly #recorder: HistoryRecorder;
  #clients = 0;

  constructor(options: ChallengersOptions) {
    this.#options = options;
    const { out, drivers, workload, onUnwritten } = options;
    this.#recorder = openRecorder(join(out, `history-${drivers + 1}.jsonl`), workload, onUnwritten);
  }

  /**
   * Sends requests through every service except `struck`. Resolves when all are answered or given up. Never rejects.
   */
  async challenge(stream: string, struck: number): Promise<void> {
    const others = this.#options.services.filter(({ service }) => service !== struck);
    await Promise.all(others.map((service) => this.#ask(stream, service)));
    this.#recorder.flush();
  }

  close(): void {
    this.#recorder.close();
  }

  async #ask(stream: string, { service, port, token }: DrivenService): Promise<void> {
    const { drivers, workload, timeoutMs, now } = this.#options;
    const client = clientOf(drivers, (this.#clients += 1));
    const connection = new Connection({ port, token, timeoutMs, now });
    for (let effect = 1; effect <= EFFECTS; effect += 1) {
      const { http, args } = prepareEffect(stream, {
        operation: 'settle',
        key: `challenge-${client}-${effect}`,
        ...(workload === 'balance' ? { amount: '1' } : {}),
      });
      const exchange = await connection.send(http);
      const answer = answerOf('settle', exchange);
      this.#recorder.record({ client, key: stream, f: 'settle', args, service, ...answer });
      if (exchange.kind === 'lost') break;
    }
    connection.close();
  }
}
