/** Seeded bugs in what a replay record holds, and for how long. */
export * from './bodies.ts';
export * from './expiry.ts';
export * from './failedInsertLives.ts';
export * from './fingerprintCut.ts';
export * from './jsonbBody.ts';
export * from './limits.ts';
export * from './liveRecords.ts';
export * from './otherWays.ts';
export * from './putAnswers.ts';
export * from './sweepers.ts';
export * from './tokens.ts';
