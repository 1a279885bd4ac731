/** Seeded bugs in the authority of a migration. */
export * from './inSql.ts';
export * from './letIn.ts';
export * from './moments.ts';
