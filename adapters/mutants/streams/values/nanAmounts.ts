import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;

/** NaN and the infinities become 0: JSON makes them null, and the default is 0. */
export const nanAmounts: Mutant = {
  name: 'nan-amounts',
  origin: 'JSON.stringify turns NaN and Infinity into null, and `amount ?? 0` hides it.',
  clauses: ['STREAM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => passStreams(adapter, { incoming: defaulted }),
};

function defaulted(stream: NewStream): NewStream {
  const lost = AMOUNTS.filter((name) => {
    const amount: unknown = stream[name];
    return typeof amount === 'number' && !Number.isFinite(amount);
  });
  return { ...stream, ...Object.fromEntries(lost.map((name) => [name, '0'])) };
}
