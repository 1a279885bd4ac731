import type { Mutant } from '../mutant.ts';

/** Events are stamped with the time at which their transaction began, which is before its wait for the lock. */
export const nowBeforeLock: Mutant = {
  name: 'now-before-lock',
  origin: 'DEFAULT now(): it stands still from BEGIN on, so that who waited longest sorts first.',
  clauses: ['ACT-04'],
  bases: ['postgres'],
  rewrite: (sql) =>
    /activity_events AS (stored|latest)/.test(sql)
      ? sql
          .replace('clock_timestamp()', 'now()')
          .replace(/greatest\(now, \([\s\S]*?LIMIT 1\)\)/, 'now')
          .replace(/CASE WHEN latest > now THEN .+? END AS latest/, 'NULL AS latest')
      : sql,
};
