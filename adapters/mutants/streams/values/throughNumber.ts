import type { StreamRecord } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;

/** Amounts are converted to a Number and back. */
export const throughNumber: Mutant = {
  name: 'amounts-through-number',
  origin: 'JSON.parse, a driver or an ORM returns amounts as Number, which holds 15 to 17 digits.',
  clauses: ['STREAM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    passStreams(adapter, {
      outgoing: (stream) => {
        const numbers = AMOUNTS.map((name) => [name, BigInt(Number(stream[name])).toString()]);
        return { ...stream, ...(Object.fromEntries(numbers) as Partial<StreamRecord>) };
      },
    }),
};
