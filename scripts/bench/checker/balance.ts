/** A correct history of the balance workload, as the lines that a load records. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { meaningOf } from '../../../scenarios/load/driver/recorder.ts';

const STREAMS = 50;
const CLIENTS = 64;
const FLUSH_CHARACTERS = 256 * 1024;

export function writeBalanceHistory(path: string, operations: number): void {
  const descriptor = openSync(path, 'w');
  const initial = {
    status: 'active',
    revision: 0,
    totalAmount: '900719925474099300000',
    releasedAmount: '0',
    withdrawnAmount: '0',
  };
  const header = { format: 'lockstep-history', version: 1, model: 'stream-balance', initial };
  let collected = `${JSON.stringify(header)}\n`;
  for (const line of balanceLines(operations)) {
    collected += `${JSON.stringify(line)}\n`;
    if (collected.length < FLUSH_CHARACTERS) continue;
    writeSync(descriptor, collected);
    collected = '';
  }
  writeSync(descriptor, collected);
  closeSync(descriptor);
}

/**
 * Clients that send requests in turns. Each is answered while many others are in progress. One request in ten is a
 * read.
 */
function* balanceLines(count: number): Generator<object> {
  const streams = Array.from({ length: STREAMS }, () => ({ revision: 0, released: 0, withdrawn: 0 }));
  for (let number = 0; number < count; number += 1) {
    const place = (number * 7919) % STREAMS;
    const stream = streams[place] as (typeof streams)[number];
    const f = number % 10 === 0 ? 'get' : Math.floor(number / STREAMS) % 2 === 0 ? 'settle' : 'withdraw';
    if (f === 'settle') stream.released += 3;
    if (f === 'withdraw') stream.withdrawn += 2;
    if (f !== 'get') stream.revision += 1;
    const fingerprint = createHash('sha256').update(String(number)).digest('hex');
    const shown = {
      id: `stream-${place}`,
      status: 'active',
      revision: stream.revision,
      releasedAmount: String(stream.released),
      withdrawnAmount: String(stream.withdrawn),
    };
    const body = f === 'get' ? shown : { stream: shown, operationId: fingerprint.slice(0, 32) };
    const amount = f === 'settle' ? '3' : '2';
    const at = number * 1000 + 50_000;
    yield {
      client: number % CLIENTS,
      key: shown.id,
      f,
      args: f === 'get' ? {} : { amount, token: `${f}:key-${number}`, fingerprint },
      call: at - (number % 37) * 600,
      return: at + (number % 41) * 700,
      ...meaningOf(f, 200, JSON.stringify(body), false),
      service: number % 3,
    };
  }
}
