/** Correct adapters written differently. */
export { plainSettlement } from '../idempotency/executions/plainSettlements.ts';
export * from './base64Body.ts';
export * from './cursorOnFullPage.ts';
export * from './expiredGoOnRead.ts';
export * from './frozenRecords.ts';
export * from './inSql.ts';
export * from './lateReads.ts';
export * from './processWideTimer.ts';
export * from './putSaysLater.ts';
export * from './putWaits.ts';
export * from './reference.ts';
export * from './setsLate.ts';
export * from './shortPages.ts';
export * from './strictCodec.ts';
export * from './synchronousStores.ts';
export * from './uuidsAlone.ts';
export * from './xminHorizon.ts';
export * from './locks/index.ts';
