import { createRandom } from '../../random.ts';
import type { Mix, PlannedRequest, Scale } from './types.ts';
import { pickAmount, usesUpStreams } from './window.ts';

/** What each connection of a group does with a stream, one round after another. */
const ROUNDS: readonly { readonly settleShare: number }[] = [
  { settleShare: 0.8 },
  { settleShare: 0.5 },
  // By now somebody has settled, and the withdrawals race for the money.
  { settleShare: 0 },
];
const BALANCE_STREAMS = 60;

/** Settles and withdrawals of one stream race from all services. One of each may take effect. */
export const settleWithdrawRace: Mix<'settle-withdraw-race'> = {
  name: 'settle-withdraw-race',
  summary: `each stream is settled and withdrawn from through every service at once, ${ROUNDS.length} times each`,
  purpose: 'double settles and double payouts. The default of `load`',
  workload: 'lifecycle',
  senders: (services) => Math.max(2, services),
  streams,
  statuses: () => ['active'],
  plan: (scale) => {
    const senders = settleWithdrawRace.senders(scale.services);
    return (driver, index) => {
      const random = createRandom(scale.seed, driver, index);
      const number = index * scale.drivers + driver;
      const stream = usesUpStreams(scale.workload) ? number : number % BALANCE_STREAMS;
      const requests: PlannedRequest[] = [];
      // One sender settles first, and it is not always the same service.
      const settler = random.integer(senders);
      for (const [round, { settleShare }] of ROUNDS.entries()) {
        for (let sender = 0; sender < senders; sender += 1) {
          const settles = random.fraction() < settleShare || (round === 0 && sender === settler);
          const operation = settles ? 'settle' : 'withdraw';
          const amount = pickAmount(random, operation);
          requests.push({
            kind: 'effect',
            sender,
            stream,
            operation,
            key: `d${driver}-${index}-${requests.length}`,
            ...(scale.workload === 'balance' ? { amount } : {}),
          });
        }
      }
      return requests;
    };
  },
  minimums: {
    // A stream has one settle and one withdrawal to race for, so most pairs are on different streams.
    attempts: 50,
    contendedStreams: 25,
  },
};

/** One bundle uses up a lifecycle stream, and the next bundle gets a new one. */
function streams(scale: Scale): number {
  if (!usesUpStreams(scale.workload)) return BALANCE_STREAMS;
  const requests = ROUNDS.length * settleWithdrawRace.senders(scale.services);
  return Math.ceil(scale.operations / requests) + 2 * scale.drivers;
}
