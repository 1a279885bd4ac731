/** The settlement protocol, the payouts and the exports, written once over the seam for every adapter. */
export * from './effect.ts';
export * from './exports.ts';
export * from './machine.ts';
export * from './payout.ts';
export * from './settlement.ts';
export * from './types.ts';
export * from './work.ts';
