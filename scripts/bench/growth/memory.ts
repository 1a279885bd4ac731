/**
 * The memory adapter with a given number of streams, in a process of its own, compared with a bare Map behind a mutex.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  requestFingerprint,
  type NewStream,
  type StorageAdapter,
  type StreamStore,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { createMemoryAdapter } from '../../../adapters/memory/index.ts';
import { stream } from '../../../adapters/migration/testing/streams.ts';
import { executeRequest } from '../../../adapters/protocol/index.ts';

/** Microseconds of CPU per operation, and the memory of the streams. */
export interface MemoryFigures {
  readonly streams: number;
  readonly bytesPerStream: number;
  readonly micros: Readonly<Record<string, number>>;
}

const TIMES = 20_000;
const PAGE = 50;
const LONGEST_PAGE = 1000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const streams = Number(process.argv[2]);
const adapter = createMemoryAdapter({ namespace: 'growth', clock: Date.now });
console.log(JSON.stringify(await measure(adapter, adapter.streamRepository?.streams as StreamStore)));

async function measure(storage: StorageAdapter, rows: StreamStore): Promise<MemoryFigures> {
  const before = used();
  for (let number = 0; number < streams; number += 1) await rows.create(streamOf(number));
  const cursors = await someCursors(rows);
  const bytesPerStream = Math.round((used() - before) / streams);
  let turn = 0;
  const any = (): string => `stream-${Math.floor(Math.random() * streams)}`;
  const micros = {
    get: await each(async () => rows.get(any())),
    put: await each(async () => rows.put(streamOf(Number(any().slice('stream-'.length))))),
    // Between two pages, a stream leaves one list and enters another.
    'page of a list beside writes': await each(async () => {
      turn += 1;
      const number = Math.floor(Math.random() * streams);
      await rows.put({ ...streamOf(number), status: turn % 2 === 0 ? 'active' : 'paused' });
      await rows.list({ limit: PAGE, cursor: cursors[turn % cursors.length] as string });
    }, TIMES / 10),
    settle: await each(async () => settle(storage, any(), (turn += 1))),
    'settle of a bare Map with a mutex': await bareSettle(),
  };
  return { streams, bytesPerStream, micros };
}

function used(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

function streamOf(number: number): NewStream {
  return stream(`stream-${number}`, { recipient: `wallet-${number % 100}`, totalAmount: '1000000000000' });
}

/** Cursors of pages throughout the list. */
async function someCursors(rows: StreamStore): Promise<string[]> {
  const cursors: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await rows.list({
      limit: Math.min(LONGEST_PAGE, Math.max(PAGE, Math.floor(streams / 20))),
      ...defined({ cursor }),
    });
    cursor = page.nextCursor;
    if (cursor !== undefined) cursors.push(cursor);
  } while (cursor !== undefined);
  return cursors;
}

async function each(action: () => Promise<unknown>, times: number = TIMES): Promise<number> {
  for (let count = 0; count < times / 10; count += 1) await action();
  const from = process.cpuUsage();
  for (let count = 0; count < times; count += 1) await action();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / times;
}

async function settle(storage: StorageAdapter, streamId: string, key: number): Promise<void> {
  const fingerprint = requestFingerprint('POST', `/streams/${streamId}/settle`, { amount: '1' });
  const request = { operation: 'settle', streamId, workload: 'balance', fingerprint } as const;
  const { effect, body } = await executeRequest(storage, { ...request, amount: '1', key: String(key) });
  if (!effect) throw new Error(`Expected a settle to take effect, got ${body}`);
}

/** A first attempt at a settle: no contract, no activity, no order, nothing that another process could share. */
async function bareSettle(): Promise<number> {
  const rows = new Map(
    Array.from({ length: streams }, (_, number) => [`stream-${number}`, streamOf(number)]),
  );
  const answers = new Map<string, string>();
  const tails = new Map<string, Promise<void>>();
  const locked = async (id: string, action: () => Promise<void>): Promise<void> => {
    const turn = (tails.get(id) ?? Promise.resolve()).then(action);
    tails.set(id, turn);
    await turn;
    if (tails.get(id) === turn) tails.delete(id);
  };
  let key = 0;
  return each(async () => {
    key += 1;
    const id = `stream-${Math.floor(Math.random() * streams)}`;
    await locked(id, async () => {
      if (answers.has(String(key))) return;
      const row = structuredClone(rows.get(id)) as NewStream;
      await Promise.resolve();
      rows.set(id, { ...row, releasedAmount: String(BigInt(row.releasedAmount) + 1n) });
      answers.set(String(key), JSON.stringify({ id, amount: '1' }));
    });
  });
}
