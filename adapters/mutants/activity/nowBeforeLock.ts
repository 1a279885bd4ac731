import type { Mutant } from '../mutant.ts';

/** Events are stamped with the time at which their transaction began, which is before its wait for the lock. */
export const nowBeforeLock: Mutant = {
  name: 'now-before-lock',
  origin: 'DEFAULT now(): it stands still from BEGIN on, so that who waited longest sorts first.',
  clauses: ['ACT-04'],
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.includes('activity_events AS stored')
      ? sql.replace('clock_timestamp()', 'now()').replace(/greatest\(now, \([\s\S]*?LIMIT 1\)\)/, 'now')
      : sql,
};
