/** The streams that every service creates before the load. */
import { AS_NAMED, type IdOf } from '../../adapters/contract/ids.ts';
import type { StreamRecord, StreamStatus } from '../../adapters/contract/records.ts';
import { fromMicros, toMicros } from '../../adapters/contract/time.ts';
import type { Workload } from '../../adapters/protocol/types.ts';
import type { Mix } from './mixes/index.ts';

/** Fixed, so that all services create identical records. */
const CREATED_FROM_MICROS = toMicros('2026-01-01T00:00:00.000000Z');
/** Neighbours share a creation time, and many times share a millisecond: what cursors get wrong. */
const STREAMS_A_TIME = 3;
const MICROS_BETWEEN_TIMES = 7;
/** Beyond 2^53, where a number loses integers. */
const BALANCE_FROM = '9007199254740993';
const BALANCE_TOTAL = '900719925474099300000';

/** The id of stream `number`, counted from 0. */
export function streamId(number: number, idOf: IdOf = AS_NAMED): string {
  return idOf(`stream-${number.toString().padStart(6, '0')}`);
}

/** Stream `number` as it is before the load. A balance stream starts with everything withdrawn that was released. */
export function seededStream(
  number: number,
  workload: Workload,
  status: StreamStatus,
  idOf: IdOf = AS_NAMED,
): StreamRecord {
  const balance = workload === 'balance';
  const time = fromMicros(
    CREATED_FROM_MICROS + BigInt(Math.floor(number / STREAMS_A_TIME) * MICROS_BETWEEN_TIMES),
  );
  return {
    id: streamId(number, idOf),
    recipient: `recipient-${number % 17}`,
    rate: '100',
    schedule: 'monthly',
    status,
    token: 'USDC',
    totalAmount: balance ? BALANCE_TOTAL : String(1000 + number),
    releasedAmount: balance ? BALANCE_FROM : '0',
    withdrawnAmount: balance ? BALANCE_FROM : '0',
    revision: 0,
    createdAt: time,
    updatedAt: time,
  };
}

/** The first `count` streams of `mix`. */
export function seededStreams(
  mix: Mix,
  workload: Workload,
  count: number,
  idOf: IdOf = AS_NAMED,
): StreamRecord[] {
  return Array.from({ length: count }, (_, number) =>
    seededStream(number, workload, mix.status(number, workload), idOf),
  );
}
