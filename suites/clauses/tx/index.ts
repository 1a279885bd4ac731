export * from './TX-01.ts';
export * from './TX-02.ts';
export * from './TX-05.ts';
