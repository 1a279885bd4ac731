import { expect, it } from 'vitest';
import type { OwnRequest } from '../../../adapters/contract/index.ts';
import { instanceClock } from './clock.ts';
import { performStep, type StepContext } from './execute.ts';
import type { Operation } from '../../../adapters/protocol/types.ts';
import { adapterOf } from '../testing/local.ts';

function request(
  operation: Operation,
  protocol: StepContext['instance']['protocol'],
  body?: unknown,
): Promise<unknown> {
  const adapter = adapterOf(() => Promise.reject(new Error('the lock of lockstep')));
  const context: StepContext = {
    instance: {
      adapter,
      clock: instanceClock({}),
      protocol,
      close: async () => {},
      reopen: async () => {},
    },
    view: undefined,
    inSection: false,
    deadView: undefined,
    saved: new Map(),
    abort: () => {},
    gave: () => {},
  };
  return performStep({ do: 'request', operation, stream: 's1', key: 'k1', body }, context);
}

it("requests go through the author's own settlement where there is one, and through lockstep's elsewhere", async () => {
  const asked: OwnRequest[] = [];
  const protocol = {
    settle: (_adapter: unknown, given: OwnRequest) => {
      asked.push(given);
      return { status: 200, body: 'own', replayed: false, effect: true };
    },
  };
  expect(await request('settle', protocol, { amount: '5' })).toMatchObject({ body: 'own' });
  expect(asked).toEqual([
    {
      operation: 'settle',
      streamId: 's1',
      key: 'k1',
      amount: '5',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
  for (const operation of ['withdraw', 'start'] as const)
    expect(await request(operation, protocol)).toMatchObject({
      status: 500,
      body: expect.stringContaining('the lock of lockstep'),
    });
});
