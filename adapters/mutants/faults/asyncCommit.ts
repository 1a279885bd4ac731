import type { Mutant } from '../mutant.ts';

/** Commits are answered before they are on disk. */
export const asyncCommit: Mutant = {
  name: 'async-commit',
  origin:
    'synchronous_commit = off for speed, set as each connection is made: a crash of the server loses the last commits.',
  clauses: ['TX-04'],
  bases: ['postgres'],
  // What the reference asks each new connection.
  rewrite: (sql) =>
    sql.replace(
      /^SELECT pg_is_in_recovery\(\) AS replica$/,
      "$&, set_config('synchronous_commit', 'off', false)",
    ),
};
