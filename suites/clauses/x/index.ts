export * from './X-01.ts';
export * from './X-02.ts';
export * from './X-03.ts';
export * from './X-04.ts';
