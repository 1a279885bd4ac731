/** Seeded bugs in the order of lists, and in where pages begin and end. */
export * from './cappedPage.ts';
export * from './clampedLookahead.ts';
export * from './deadRowCursor.ts';
export * from './endlessList.ts';
export * from './exactPageIsLast.ts';
export * from './inclusiveScan.ts';
export * from './offByOneCursor.ts';
export * from './offsetPaging.ts';
export * from './seekByRow.ts';
export * from './timesAsText.ts';
export * from './timestampOnlyCursor.ts';
export * from './updateOrder.ts';
export * from './utf16Order.ts';
