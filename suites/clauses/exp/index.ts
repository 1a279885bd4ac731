export * from './EXP-01.ts';
export * from './EXP-02.ts';
export * from './EXP-03.ts';
export * from './EXP-04.ts';
export * from './EXP-05.ts';
export * from './EXP-06.ts';
