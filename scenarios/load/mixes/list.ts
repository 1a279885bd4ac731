/** The mixes, one per line. */
export { duplicateStorm } from './duplicateStorm.ts';
export { exportWorkers } from './exportWorkers.ts';
export { hotStream } from './hotStream.ts';
export { scanWhileWriting } from './scanWhileWriting.ts';
export { settleWithdrawRace } from './settleWithdrawRace.ts';
export { uniform } from './uniform.ts';
export { zipfian } from './zipfian.ts';
