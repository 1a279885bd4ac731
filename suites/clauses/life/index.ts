export * from './LIFE-01.ts';
export * from './LIFE-03.ts';
export * from './LIFE-04.ts';
export * from './LIFE-05.ts';
