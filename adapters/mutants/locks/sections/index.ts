/** Seeded bugs within sections and at their end. */
export * from './batchOfAHundred.ts';
export * from './begunTogether.ts';
export * from './deletesLast.ts';
export * from './failedWriteForgotten.ts';
export * from './insideViews.ts';
export * from './nesting.ts';
export * from './noRollback.ts';
export * from './outliving.ts';
export * from './ownErrors.ts';
export * from './poolQueryInCallback.ts';
export * from './prefetching.ts';
export * from './shapedSections.ts';
export * from './staleReads.ts';
export * from './swallowedErrors.ts';
export * from './undoOfLastWrite.ts';
export * from './victims.ts';
export * from './viewAfterEnd.ts';
