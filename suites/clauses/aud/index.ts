export * from './AUD-01.ts';
export * from './AUD-02.ts';
