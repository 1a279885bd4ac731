export * from './CUR-01.ts';
export * from './CUR-02.ts';
export * from './CUR-03.ts';
export * from './CUR-04.ts';
export * from './CUR-05.ts';
export * from './CUR-06.ts';
export * from './CUR-07.ts';
export * from './CUR-08.ts';
