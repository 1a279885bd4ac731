import type { Equivalent } from '../mutant.ts';

/** Further fields, withdrawal and details are stored as jsonb. */
export const jsonbFields: Equivalent = {
  name: 'jsonb-fields',
  reason:
    'Fields are values, not bytes: their order does not count, and jsonb keeps every number that JavaScript has.',
  bases: ['postgres'],
  rewrite: (sql) =>
    sql.replace(/\b(withdrawal|further|details)(\s+)json\b/g, '$1$2jsonb').replaceAll(/::json\b/g, '::jsonb'),
};
