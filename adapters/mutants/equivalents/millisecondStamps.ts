import type { Equivalent } from '../mutant.ts';

/** The storage stamps whole milliseconds. */
export const millisecondStamps: Equivalent = {
  name: 'millisecond-stamps',
  reason: 'Stamps never decrease, and events of one stream that share one are sorted by their ids.',
  bases: ['postgres'],
  rewrite: (sql) => sql.replaceAll('clock_timestamp()', "date_trunc('milliseconds', clock_timestamp())"),
};
