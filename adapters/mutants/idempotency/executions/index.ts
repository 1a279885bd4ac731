/** Seeded bugs in how a request is executed once. */
export * from './ambientBegin.ts';
export * from './bestEffortRecord.ts';
export * from './checkThenAct.ts';
export * from './claims.ts';
export * from './finishWithoutClaim.ts';
export * from './naiveTakeover.ts';
export * from './ownProtocols.ts';
export * from './pollsRenewClaim.ts';
export { plainStateEarly, plainLookupEarly, plainAnyBody } from './plainSettlements.ts';
export * from './refusalOverwrites.ts';
export * from './refusedAnswerAbandons.ts';
export * from './replayCheckOutsideLock.ts';
export * from './restarts.ts';
export * from './storedAfterCommit.ts';
export * from './writeBehind.ts';
