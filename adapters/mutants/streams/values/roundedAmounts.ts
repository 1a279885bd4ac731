import type { NewStream } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { passStreams } from '../../stores.ts';

const AMOUNTS = ['rate', 'totalAmount', 'releasedAmount', 'withdrawnAmount'] as const;

/** Amounts with fractions are rounded to whole minor units instead of refused. */
export const roundedAmounts: Mutant = {
  name: 'rounding-scale',
  origin: 'numeric(38, 0) silently rounds 1.5 to 2.',
  clauses: ['STREAM-06'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => passStreams(adapter, { incoming: rounded }),
};

function rounded(stream: NewStream): NewStream {
  const fractions = AMOUNTS.map((name) => [name, stream[name]] as const).filter(([, amount]) =>
    /^\d+\.\d+$/.test(amount),
  );
  return {
    ...stream,
    ...Object.fromEntries(fractions.map(([name, amount]) => [name, String(Math.round(Number(amount)))])),
  };
}
