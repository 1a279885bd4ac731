/** Seeded bugs in how activity is appended and listed. */
export * from './applicationClock.ts';
export * from './deduplicated.ts';
export * from './detailsCut.ts';
export * from './eventOfOtherStream.ts';
export * from './eventOutsideTransaction.ts';
export * from './filterAfterPage.ts';
export * from './foldedFilter.ts';
export * from './inSql.ts';
export * from './lastEventWins.ts';
export * from './liveEvents.ts';
export * from './prefixFilter.ts';
export * from './requestTime.ts';
export * from './tailDeclaredComplete.ts';
export * from './typeIgnored.ts';
export * from './typeOnFirstPage.ts';
export * from './viewListOutside.ts';
