export * from './ACT-01.ts';
export * from './ACT-02.ts';
export * from './ACT-03.ts';
export * from './ACT-04.ts';
export * from './ACT-05.ts';
