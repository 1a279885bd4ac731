/** Seeded bugs in how streams and users are stored and read back. */
export * from './inSql.ts';
export * from './values/index.ts';
export * from './copies/index.ts';
export * from './writes/index.ts';
