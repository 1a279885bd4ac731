/** The mixes. A new one is a file here and a line in this list. */
import { LockstepError } from '../../lockstepError.ts';
import { duplicateStorm } from './duplicateStorm.ts';
import { everything } from './everything.ts';
import { exportWorkers } from './exportWorkers.ts';
import { hotStream } from './hotStream.ts';
import { scanWhileWriting } from './scanWhileWriting.ts';
import { settleWithdrawRace } from './settleWithdrawRace.ts';
import type { Mix, MixName } from './types.ts';
import { uniform } from './uniform.ts';
import { zipfian } from './zipfian.ts';

export * from './types.ts';

export const MIXES: readonly Mix[] = [
  uniform,
  zipfian,
  hotStream,
  duplicateStorm,
  settleWithdrawRace,
  scanWhileWriting,
  exportWorkers,
];

/** The mix of that name. */
export function mixOf(name: MixName): Mix {
  const mix = [...MIXES, everything].find((candidate) => candidate.name === name);
  if (mix === undefined)
    throw new LockstepError(
      'USAGE',
      `Expected a mix (${MIXES.map((each) => each.name).join(', ')}), got ${name}.`,
    );
  return mix;
}
