import { expect, it } from 'vitest';
import { MIGRATIONS } from './schema.ts';
import { objectsOf } from './schemaState.ts';
import { useServer } from '../testing/server.ts';

const server = useServer();

it('knows what each migration makes', () => {
  for (const migration of MIGRATIONS) expect([migration.name, objectsOf(migration).length]).not.toContain(0);
  expect(objectsOf(MIGRATIONS[0]!)).toEqual(['users', 'streams', 'streams_by_status', 'streams_by_creation']);
  expect(
    objectsOf({ sql: '-- CREATE TABLE no (a int);\nALTER TABLE a ADD COLUMN IF NOT EXISTS b int;' }),
  ).toEqual(['a.b']);
});

it('finds what is missing, unknown or invalid', async () => {
  const adapter = await server.open('schema');
  const whole = await adapter.schema?.check();
  expect(whole).toEqual({ missing: [], unknown: [], invalid: [], indexes: expect.any(Number) });
  expect(whole?.indexes).toBeGreaterThan(10);

  await server.sql(`
    DROP INDEX ls_schema.streams_by_status;
    ALTER TABLE ls_schema.export_jobs DROP COLUMN claimed_by;
    UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ls_schema.streams_by_creation'::regclass;
    INSERT INTO ls_schema.lockstep_migrations (version, name, checksum) VALUES (999, '999_of_tomorrow.sql', 'x');
    UPDATE ls_schema.lockstep_migrations SET checksum = 'y' WHERE version = 2`);
  expect(await adapter.schema?.check()).toEqual({
    missing: ['001_streams_and_users.sql', '005_claims.sql'],
    unknown: ['002_activity.sql (with another text)', '999_of_tomorrow.sql'],
    invalid: ['streams_by_creation'],
    indexes: (whole?.indexes ?? 0) - 1,
  });
});
