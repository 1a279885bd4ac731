/** A plain write and a read of it for each kind of record. They work whenever the storage does. */
import { idempotencyToken, type IdOf, type Surface } from '../../../adapters/contract/index.ts';
import type { Method, Step } from '../language/program.ts';

export interface PlainCalls {
  readonly surface: Surface;
  readonly steps: readonly Step[];
}

function call(method: Method, ...args: unknown[]): Step {
  return { do: 'call', via: 'instance', method, args };
}

/** A stream that is valid in every field. Only its id is missing. */
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

/** The calls on a record called `name`, with ids that the adapter accepts. */
export function plainCalls(idOf: IdOf, name: string): readonly PlainCalls[] {
  const id = idOf(name);
  const token = idempotencyToken('plain', name);
  return [
    {
      surface: 'streams',
      steps: [call('streams.create', { id, ...PLAIN_STREAM }), call('streams.get', id)],
    },
    { surface: 'users', steps: [call('users.put', { walletAddress: id }), call('users.get', id)] },
    {
      surface: 'activity',
      steps: [
        call('activity.append', { id, type: 'stream.settled', description: 'settled', streamId: id }),
        call('activity.list', { streamId: id, limit: 1 }),
      ],
    },
    {
      surface: 'idempotency',
      steps: [
        call('idempotency.insert', { token, fingerprint: 'ab'.repeat(32), status: 200, body: '{}' }),
        call('idempotency.get', token),
      ],
    },
    {
      surface: 'exports',
      steps: [call('jobs.create', { id, ownerId: id, fileName: 'export.csv' }), call('jobs.get', id)],
    },
    { surface: 'locks', steps: [{ do: 'enter', stream: id }, { do: 'leave' }] },
  ];
}
