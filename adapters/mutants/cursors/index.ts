/** Seeded bugs in lists, scans and the cursors between their pages. */
export * from './inSql.ts';
export * from './codec/index.ts';
export * from './pages/index.ts';
