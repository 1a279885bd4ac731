import { decodeListCursor, encodeListCursor, fromMicros, toMicros } from '../../../contract/index.ts';
import type { Mutant } from '../../mutant.ts';
import { replaceLists } from '../../stores.ts';

const DAY_US = 86_400_000_000n;

/** The time of a cursor is converted to a double in days, which is wrong by some microseconds. */
export const roundedTime: Mutant = {
  name: 'double-time-cursor',
  origin: 'Times as REAL (julianday, Excel, OLE): a double in days is exact only to 10 to 100 µs.',
  clauses: ['CUR-01'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) =>
    replaceLists(adapter, (read, { by }) => async (request) => {
      if (by === 'id' || request.cursor === undefined) return read(request);
      const { timestamp, id } = decodeListCursor(request.cursor);
      const days = Number(toMicros(timestamp)) / Number(DAY_US) + 2_440_587.5;
      const micros = BigInt(Math.round((days - 2_440_587.5) * Number(DAY_US)));
      return read({ ...request, cursor: encodeListCursor({ timestamp: fromMicros(micros), id }) });
    }),
};
