import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;

/** Everything that BigInt accepts counts as an amount: the empty text, spaces, hexadecimal. */
export const bigintCoercion: Mutant = {
  name: 'bigint-coercion',
  origin: "BigInt(amount) as the check: BigInt('') is 0n, BigInt(' 1') is 1n and BigInt('0x10') is 16n.",
  clauses: ['STREAM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => passStreams(adapter, { incoming: coerced }),
};

function coerced(stream: NewStream): NewStream {
  const amounts = AMOUNTS.flatMap((name) => {
    try {
      const amount = BigInt(stream[name]);
      return amount < 0n ? [] : [[name, amount.toString()]];
    } catch {
      return [];
    }
  });
  return { ...stream, ...Object.fromEntries(amounts) };
}
