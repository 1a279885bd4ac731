export * from './ERR-01.ts';
export * from './ERR-03.ts';
