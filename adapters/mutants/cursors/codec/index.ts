/** Seeded bugs in how cursors are encoded and decoded. */
export * from './badCursorFirstPage.ts';
export * from './barSplit.ts';
export * from './foreignCursor.ts';
export * from './latin1Codec.ts';
export * from './lenientCodec.ts';
export * from './lenientCursor.ts';
export * from './millisecondCursor.ts';
export * from './refusedByStorage.ts';
export * from './roundedTime.ts';
export * from './serverSideCursor.ts';
