import type { Mutant } from '../mutant.ts';

/** The id of a stream is taken for a pattern. */
export const likeFilter: Mutant = {
  name: 'stream-pattern-filter',
  origin: '`stream_id LIKE $1` for a search box, later used for everything: _ and % in an id match others.',
  clauses: ['ACT-05'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.includes('ORDER BY')
      ? sql.replace(/WHERE stream_id = (\$\d+::text)/, 'WHERE stream_id LIKE $1')
      : sql,
};
