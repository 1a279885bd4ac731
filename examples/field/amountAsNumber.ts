import { changeStreams, field } from './base.ts';

/** Parses the amount as a Number, like JSON.parse, and prints it again. */
const asNumber = (amount: string): string => BigInt(Number(amount)).toString();

// An amount is read as a Number, which holds whole numbers up to 2^53.
export default field('amount-as-number', (adapter) =>
  changeStreams(adapter, (streams) => ({
    async get(id) {
      const stream = await streams.get(id);
      return stream && { ...stream, totalAmount: asNumber(stream.totalAmount) };
    },
  })),
);
