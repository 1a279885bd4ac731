import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;
const DIGITS = 34;

/** Amounts are stored with 34 significant digits. Longer ones are rounded. */
export const decimal128Amounts: Mutant = {
  name: 'decimal128-amounts',
  origin: 'Decimal128 (MongoDB, MathContext.DECIMAL128) rounds from the 35th digit on; the contract has 38.',
  clauses: ['STREAM-05'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => passStreams(adapter, { incoming: rounded }),
};

function rounded(stream: NewStream): NewStream {
  const long = AMOUNTS.map((name) => [name, stream[name]] as const).filter(([, amount]) =>
    /^\d{35,38}$/.test(amount),
  );
  return {
    ...stream,
    ...Object.fromEntries(
      long.map(([name, amount]) => {
        const unit = 10n ** BigInt(amount.length - DIGITS);
        return [name, String((BigInt(amount) / unit) * unit)];
      }),
    ),
  };
}
