/** One plain write and a read of it for each kind of record: what works wherever the storage does. */
import type { Surface } from '../../adapters/contract/index.ts';
import type { Method, Step } from './program.ts';

export interface PlainCalls {
  readonly surface: Surface;
  readonly steps: readonly Step[];
}

const ID = 'plain-1';

function call(method: Method, ...args: unknown[]): Step {
  return { do: 'call', via: 'instance', method, args };
}

/** A stream that is valid in every field; its id is missing. */
export const PLAIN_STREAM = {
  recipient: 'wallet-1',
  rate: '5',
  schedule: 'monthly',
  status: 'active',
  token: 'USDC',
  totalAmount: '1000',
  releasedAmount: '0',
  withdrawnAmount: '0',
  revision: 0,
} as const;

export const PLAIN_CALLS: readonly PlainCalls[] = [
  {
    surface: 'streams',
    steps: [call('streams.create', { id: ID, ...PLAIN_STREAM }), call('streams.get', ID)],
  },
  { surface: 'users', steps: [call('users.put', { walletAddress: ID }), call('users.get', ID)] },
  {
    surface: 'activity',
    steps: [
      call('activity.append', { id: ID, type: 'stream.settled', description: 'settled', streamId: ID }),
      call('activity.list', { streamId: ID, limit: 1 }),
    ],
  },
  {
    surface: 'idempotency',
    steps: [
      call('idempotency.insert', { token: ID, fingerprint: 'ab'.repeat(32), status: 200, body: '{}' }),
      call('idempotency.get', ID),
    ],
  },
  {
    surface: 'exports',
    steps: [call('jobs.create', { id: ID, ownerId: ID, fileName: 'export.csv' }), call('jobs.get', ID)],
  },
  { surface: 'locks', steps: [{ do: 'enter', stream: ID }, { do: 'leave' }] },
];
