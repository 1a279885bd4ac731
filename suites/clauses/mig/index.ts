/** Moving to another storage. */
export * from './MIG-02.ts';
export * from './MIG-03.ts';
export * from './MIG-04.ts';
export * from './MIG-05.ts';
export * from './MIG-06.ts';
export * from './MIG-07.ts';
export * from './MIG-08.ts';
export * from './MIG-09.ts';
export * from './MIG-10.ts';
export * from './MIG-11.ts';
