/** The streams that every service creates before the load. */
import { AS_NAMED, type IdOf } from '../../../adapters/contract/rules/ids.ts';
import type { StreamRecord, StreamStatus } from '../../../adapters/contract/records.ts';
import { fromMicros, toMicros } from '../../../adapters/contract/rules/time.ts';
import type { Workload } from '../../../adapters/protocol/types.ts';

/** Fixed, so that all services create identical records. */
const CREATED_FROM_MICROS = toMicros('2026-01-01T00:00:00.000000Z');
/**
 * This many neighbours share a creation time, and many times lie in the same millisecond. Cursors often get this wrong.
 */
const STREAMS_PER_TIME = 3;
const MICROS_BETWEEN_TIMES = 7;
/** Above 2^53, where a JavaScript number cannot represent every integer. */
const BALANCE_FROM = '9007199254740993';
const BALANCE_TOTAL = '900719925474099300000';
/**
 * The largest amount that a new balance stream has released and not yet withdrawn. Plans leave streams with the same
 * amount on average (see MAX_AMOUNT in mixes/window.ts), so that the share of covered withdrawals does not change.
 */
const MAX_UNDRAWN = 3000;
const UNDRAWN_STEP = 389;

/** The id of stream `number`, counted from 0. */
export function streamId(number: number, idOf: IdOf = AS_NAMED): string {
  return idOf(`stream-${number.toString().padStart(6, '0')}`);
}

/** Stream `number`, as it is created. */
export function seededStream(
  number: number,
  workload: Workload,
  status: StreamStatus,
  idOf: IdOf = AS_NAMED,
): StreamRecord {
  const balance = workload === 'balance';
  const time = fromMicros(
    CREATED_FROM_MICROS + BigInt(Math.floor(number / STREAMS_PER_TIME) * MICROS_BETWEEN_TIMES),
  );
  return {
    id: streamId(number, idOf),
    recipient: `recipient-${number % 17}`,
    rate: '100',
    schedule: 'monthly',
    status,
    token: 'USDC',
    totalAmount: balance ? BALANCE_TOTAL : String(1000 + number),
    releasedAmount: balance ? String(BigInt(BALANCE_FROM) + undrawn(number)) : '0',
    withdrawnAmount: balance ? BALANCE_FROM : '0',
    revision: 0,
    createdAt: time,
    updatedAt: time,
  };
}

/** Different for neighbours, and the same in each run. */
function undrawn(number: number): bigint {
  return BigInt((number * UNDRAWN_STEP) % MAX_UNDRAWN);
}

/** The streams from number `from` to before number `to`. Both count from 0. */
export interface StreamRange {
  readonly from: number;
  readonly to: number;
}

export interface StreamRule {
  readonly workload: Workload;
  /** The statuses of the streams, in turn. */
  readonly statuses: readonly StreamStatus[];
}

/** The streams of `range`. */
export function seededStreams(
  { from, to }: StreamRange,
  { workload, statuses }: StreamRule,
  idOf: IdOf = AS_NAMED,
): StreamRecord[] {
  return Array.from({ length: to - from }, (_, offset) => {
    const number = from + offset;
    return seededStream(number, workload, statuses[number % statuses.length] as StreamStatus, idOf);
  });
}
