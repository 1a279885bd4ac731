import { createRandom } from '../../random.ts';
import { duplicateStorm } from './duplicateStorm.ts';
import { exportWorkers } from './exportWorkers.ts';
import { scanWhileWriting } from './scanWhileWriting.ts';
import { settleWithdrawRace } from './settleWithdrawRace.ts';
import type { Bundle, Mix } from './types.ts';
import { variedStatuses } from './window.ts';

/** The mixes of ten consecutive bundles. */
const TURNS: readonly Mix[] = [
  settleWithdrawRace,
  settleWithdrawRace,
  duplicateStorm,
  settleWithdrawRace,
  exportWorkers,
  settleWithdrawRace,
  duplicateStorm,
  exportWorkers,
  settleWithdrawRace,
  scanWhileWriting,
];
const EACH: readonly Mix[] = [...new Set(TURNS)];

/** Races, duplicates, scans and workers in turn. Used by courses; users cannot choose it. */
export const everything: Mix<'everything'> = {
  name: 'everything',
  summary: `in turns: ${EACH.map(({ name }) => name).join(', ')}`,
  purpose: 'a course that a load goes through: what it strikes, it strikes under every kind of request',
  workload: 'balance',
  senders: (services) => Math.max(...EACH.map((mix) => mix.senders(services))),
  streams: (scale) => Math.max(...EACH.map((mix) => mix.streams(scale))),
  statuses: variedStatuses,
  exports: exportWorkers.exports as NonNullable<Mix['exports']>,
  plan(scale) {
    const plans = new Map(EACH.map((mix) => [mix, mix.plan(scale)]));
    return (driver, index) => {
      const turn = createRandom(scale.seed, driver, Math.floor(index / TURNS.length)).integer(TURNS.length);
      const mix = TURNS[(index + turn) % TURNS.length] as Mix;
      // By the same number, so that all of them use the same streams.
      return named(mix, plans.get(mix)?.(driver, index) ?? []);
    };
  },
  minimums: { attempts: 200, contendedStreams: 20, duplicateAttempts: 60, scansBesideWrites: 10 },
};

/** The bundle with keys that no other mix uses. */
function named({ name }: Mix, bundle: Bundle): Bundle {
  return bundle.map((request) =>
    request.kind === 'effect' ? { ...request, key: `${name}-${request.key}` } : request,
  );
}
