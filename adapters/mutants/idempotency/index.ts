/** Seeded bugs in how idempotency records are stored and claimed. */
export * from './inSql.ts';
export * from './records/index.ts';
export * from './executions/index.ts';
